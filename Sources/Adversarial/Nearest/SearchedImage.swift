import Networks
import Tensors

/// One image of a batch and its goal: everything that a search for its nearest adversarial neighbour uses.
struct SearchedImage: Sendable {
  let clean: [Float]
  /// True class.
  let label: Int
  /// Target class; `nil` if any other class will do.
  let target: Int?
  let bounds: ClosedRange<Float>

  init(clean: [Float], label: Int, target: Int?, bounds: ClosedRange<Float>) {
    self.clean = clean
    self.label = label
    self.target = target
    self.bounds = bounds
  }

  init(row: Int, of batch: AttackBatch, under threatModel: ThreatModel) {
    self.init(
      clean: Array(batch.images[row: row]), label: batch.labels[row], target: threatModel.target(ofRow: row),
      bounds: threatModel.bounds)
  }

  /// The class whose logit matters, and whether it is to be the largest.
  private var aim: (label: Int, isToLead: Bool) { target.map { ($0, true) } ?? (label, false) }

  /// Whether these logits reach the goal. The first of equal logits counts, as in ``Prediction``.
  func isReached(by logits: Span<Float>) -> Bool { isReached(byLabel: logits.indexOfLargest) }

  func isReached(byLabel prediction: Int) -> Bool {
    target.map { prediction == $0 } ?? (prediction != label)
  }

  /// The margin still to be overcome: positive until the goal is reached, negative after.
  ///
  ///     untargeted   z_y − max_{j≠y} z_j
  ///     targeted     max_{j≠t} z_j − z_t
  func margin(of logits: Span<Float>) -> Double {
    let lead = Margin.lead(of: aim.label, in: logits).value
    return aim.isToLead ? -lead : lead
  }

  /// Writes `scale · ∂margin/∂z`.
  func writeMarginGradient(
    of logits: Span<Float>, scale: Float = 1, to gradient: inout MutableSpan<Float>
  ) {
    Margin.writeGradient(
      ofLeadOf: aim.label, in: logits, scale: aim.isToLead ? -scale : scale, to: &gradient)
  }

  /// Writes the gradient of a cross-entropy that falls towards the goal, times a positive factor that prevents
  /// underflow.
  ///
  ///     untargeted   −L(z, y)
  ///     targeted     L(z, t)
  func writeCrossEntropyDirection(of logits: Span<Float>, to gradient: inout MutableSpan<Float>) {
    CrossEntropy.writeAscentDirection(logits: logits, label: aim.label, to: &gradient)
    guard !aim.isToLead else { return }
    for index in logits.indices { gradient[index] = -gradient[index] }
  }

  /// Length of the perturbation to `pixels`, from exactly these Floats.
  func distance(to pixels: [Float], in norm: Norm) -> Double {
    norm.length(of: zip(pixels, clean).map { Double($0) - Double($1) })
  }

  /// The gradient with 0 for pixels that are at their bound and would be pushed further out.
  func freeSlopes(_ slopes: [Double], at point: [Float], isDescent: Bool) -> [Double] {
    point.indices.map { index in
      let direction = isDescent ? -slopes[index] : slopes[index]
      let isHeld = direction < 0 ? point[index] <= bounds.lowerBound : point[index] >= bounds.upperBound
      return isHeld ? 0 : slopes[index]
    }
  }

  /// The nearest Float inside the bounds.
  func pixel(_ value: Double) -> Float {
    min(max(Float(value), bounds.lowerBound), bounds.upperBound)
  }
}

/// The nearest adversarial neighbour met so far.
struct NearestFound: Sendable {
  /// `nil` until one is found.
  private(set) var pixels: [Float]?
  private(set) var distance = Double.infinity

  mutating func offer(_ candidate: [Float], at distance: Double) {
    guard distance < self.distance else { return }
    pixels = candidate
    self.distance = distance
  }
}
