import Tensors

/// The step of length 1 along a gradient, in the norm that measures the perturbation.
///
///     L∞   sign(g)      steepest; sign(0) = 0
///     L2   g / ‖g‖₂     steepest
///     L1   g / ‖g‖₁     customary; the steepest is the ``SparseStep``
///
/// L0 has none: a number of pixels does not determine the length of a step.
struct AscentDirection {
  private let norm: Norm
  private let scale: Double

  /// - Returns: `nil` when the gradient is zero in every pixel.
  init?(along gradient: some Collection<Float>, in norm: Norm) {
    let size = norm(gradient)
    guard size > 0 else { return nil }
    self.norm = norm
    scale =
      switch norm {
      case .linf: 1
      case .l0: preconditionFailure("a count of pixels does not say how far one step goes")
      case .l1, .l2: 1 / size
      }
  }

  /// The change of a pixel with that slope.
  func callAsFunction(_ slope: Float) -> Double {
    switch norm {
    case .linf: slope > 0 ? scale : slope < 0 ? -scale : 0
    case .l0, .l1, .l2: Double(slope) * scale
    }
  }
}

/// The step of L1 length 1 shared equally by the pixels with the steepest slopes.
///
///     eᵢ = sign(gᵢ) / k   for the k largest |gᵢ| among the pixels that can move, 0 elsewhere
///
/// Tramèr, Boneh (2019), section 3 (SLIDE). A pixel at a bound whose slope points outwards cannot move and is left out,
/// as in the authors' code. <https://arxiv.org/abs/1904.13000>
struct SparseStep {
  /// - Parameters:
  ///   - share: Fraction of the pixels, in (0, 1]; at least one pixel moves.
  /// - Returns: One number per pixel; `nil` when no pixel with a nonzero slope can move.
  static func direction(
    along gradient: ArraySlice<Float>, at image: ArraySlice<Float>, bounds: ClosedRange<Float>, share: Double
  ) -> [Double]? {
    let movable = zip(gradient, image).enumerated().filter { _, pixel in
      let (slope, value) = pixel
      return slope > 0 && value < bounds.upperBound || slope < 0 && value > bounds.lowerBound
    }.map { (index: $0.offset, slope: $0.element.0) }
    guard !movable.isEmpty else { return nil }
    let count = min(max(Int(share * Double(gradient.count)), 1), movable.count)
    let steepest = movable.sorted { (-abs($0.slope), $0.index) < (-abs($1.slope), $1.index) }.prefix(count)
    var direction = [Double](repeating: 0, count: gradient.count)
    for (index, slope) in steepest { direction[index] = (slope > 0 ? 1 : -1) / Double(count) }
    return direction
  }
}
