import Tensors

/// From an adversarial image towards the clean one, to the boundary between them, by halving.
///
///     L2   x + t (x₀ − x)
///     L∞   x + (x₀ − x held to ±t ‖x₀ − x‖∞)
///
/// What remains in the end is the adversarial side, which was asked about, not the middle.
struct BoundaryBisection {
  private let clean: [Float]
  private let start: [Float]
  private let norm: Norm
  private let bounds: ClosedRange<Float>
  private let tolerance: Double
  private let length: Double
  private var lower = 0.0
  private var upper = 1.0
  /// Adversarial, the nearest so far.
  private(set) var end: [Float]
  /// What is asked next; nil: nothing, the boundary is found.
  private(set) var point: [Float]?

  /// - Parameters:
  ///   - start: x₀, adversarial.
  ///   - tolerance: Of t.
  init(_ image: SearchedImage, from start: [Float], in norm: Norm, tolerance: Double) {
    clean = image.clean
    bounds = image.bounds
    self.start = start
    self.norm = norm
    self.tolerance = tolerance
    length = image.distance(to: start, in: norm)
    end = start
    point = next()
  }

  mutating func absorb(isAdversarial: Bool) {
    guard let point else { return }
    if isAdversarial {
      upper = (lower + upper) / 2
      end = point
    } else {
      lower = (lower + upper) / 2
    }
    self.point = next()
  }

  /// nil also where Float knows nothing between the two sides.
  private func next() -> [Float]? {
    guard upper - lower > tolerance else { return nil }
    let middle = image(at: (lower + upper) / 2)
    return middle == end || middle == image(at: lower) ? nil : middle
  }

  private func image(at position: Double) -> [Float] {
    zip(clean, start).map { clean, start in
      let whole = Double(start) - Double(clean)
      let change =
        norm == .linf ? min(max(whole, -position * length), position * length) : position * whole
      return min(max(Float(Double(clean) + change), bounds.lowerBound), bounds.upperBound)
    }
  }
}
