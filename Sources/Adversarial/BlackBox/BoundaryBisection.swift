import Tensors

/// Bisection from an adversarial image towards the clean one, to the boundary between them.
///
///     L2   x + t (x₀ − x)
///     L∞   x + (x₀ − x clipped to ±t ‖x₀ − x‖∞)
///
/// The final result is the adversarial side, which was queried, not the midpoint.
struct BoundaryBisection {
  private let clean: [Float]
  private let start: [Float]
  private let norm: Norm
  private let bounds: ClosedRange<Float>
  private let tolerance: Double
  private let length: Double
  private var lower = 0.0
  private var upper = 1.0
  /// The nearest adversarial point so far.
  private(set) var end: [Float]
  /// The next query; nil when the boundary is found.
  private(set) var point: [Float]?

  /// - Parameters:
  ///   - start: x₀, adversarial.
  ///   - tolerance: Tolerance of t.
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

  /// nil also if there is no Float between the two sides.
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
