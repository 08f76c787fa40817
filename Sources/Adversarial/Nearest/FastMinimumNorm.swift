import Networks
import Tensors

/// Fast minimum norm: gradient steps inside a ball whose radius follows the boundary, for L0, L1, L2 and L∞.
///
///     ε ← max(‖δ‖ₚ + 1.05 |m| / ‖∇m‖_q, (1 + γₖ) ‖δ‖ₚ)   until a success is found (1/p + 1/q = 1)
///     ε ← min((1 − γₖ) ε, best ‖δ‖ₚ)   when x + δ is adversarial,   (1 + γₖ) ε when not
///     δ ← project(clip(x + δ − αₖ ∇m / ‖∇m‖₂) − x, ε)
///
/// m is the margin, positive until the goal is reached. γₖ falls from 0.05 to 0.001 and αₖ from 1 to 0.01 along half a
/// cosine. L0 counts pixels, so there ε changes by at least 1 and the boundary is not estimated. Pintor et al. (2021),
/// algorithm 1. <https://arxiv.org/abs/2102.12827> Departures:
/// - The estimate is increased by 5 %, ignores pixels that are at their bound and would move further, and ε grows by at
///   least γₖ. As printed it is exact for a linear network and too small at the bounds, and the iterates approach the
///   boundary from inside and never cross it.
/// - The step is clipped before it is projected. The projection moves every value towards the image, so the result is
///   in ball and box, and no budget is spent on what clipping removes.
/// - The nearest of all adversarial points is proposed, including the last one.
public struct FastMinimumNorm: Attack {
  public static let supportedNorms = Norm.allCases

  public let stepCount: Int
  /// α₀, the length of the first step, in L2 for any norm.
  public let stepSize: Double
  /// γ₀, the initial relative change of the ball.
  public let adjustment: Double

  /// What γ has fallen to at the last step, as a share of γ₀.
  public init(stepCount: Int = 100, stepSize: Double = 1, adjustment: Double = 0.05) {
    precondition(stepCount >= 0, "the number of steps must not be negative, got \(stepCount)")
    precondition(stepSize > 0, "the step must be positive, got \(stepSize)")
    precondition(0 < adjustment && adjustment < 1, "the adjustment lies between 0 and 1, got \(adjustment)")
    self.stepCount = stepCount
    self.stepSize = stepSize
    self.adjustment = adjustment
  }

  public var name: String { "fmn" }

  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try LockStep.nearestImages(for: batch, under: threatModel, classifier: classifier) {
      Search($0, norm: threatModel.norm, settings: self)
    }
  }

  private final class Search: ImageSearch {
    private(set) var point: [Float]
    private(set) var isFinished = false
    private(set) var nearest = NearestFound()
    private(set) var hadZeroGradient = false
    private let image: SearchedImage
    private let norm: Norm
    private let settings: FastMinimumNorm
    private var radius: Double
    private var step = 0

    init(_ image: SearchedImage, norm: Norm, settings: FastMinimumNorm) {
      self.image = image
      self.norm = norm
      self.settings = settings
      point = image.clean
      radius = norm == .l0 ? 1 : .infinity
    }

    func writeLogitGradient(of logits: Span<Float>, to gradient: inout MutableSpan<Float>) {
      image.writeMarginGradient(of: logits, to: &gradient)
    }

    func absorb(logits: Span<Float>, gradient: Span<Float>) {
      let isAdversarial = image.isReached(by: logits)
      let length = image.distance(to: point, in: norm)
      if isAdversarial { nearest.offer(point, at: length) }
      guard step < settings.stepCount, nearest.distance > 0 else { return isFinished = true }
      let slopes = gradient.withUnsafeBufferPointer { $0.map(Double.init) }
      let steepness = Norm.l2.length(of: slopes)
      if steepness == 0 {
        hadZeroGradient = true
        // There is no direction to move in, and no success to return to.
        guard nearest.pixels != nil else { return isFinished = true }
      }
      let free = norm.dualLength(of: image.freeSlopes(slopes, at: point, isDescent: true))
      adjustRadius(
        isAdversarial: isAdversarial, length: length,
        remaining: free > 0 ? 1.05 * abs(image.margin(of: logits)) / free : .infinity)
      let stepSize = cosineDecay(
        from: settings.stepSize, to: 0.01 * settings.stepSize, at: step, of: settings.stepCount)
      move(along: slopes, scale: steepness > 0 ? -stepSize / steepness : 0)
      step += 1
    }

    private func adjustRadius(isAdversarial: Bool, length: Double, remaining: Double) {
      let adjustment = cosineDecay(
        from: settings.adjustment, to: 0.02 * settings.adjustment, at: step, of: settings.stepCount)
      let (smaller, larger) = (radius * (1 - adjustment), radius * (1 + adjustment))
      switch (norm, isAdversarial) {
      case (.l0, true): radius = max(min(radius - 1, smaller.rounded(.down), nearest.distance), 0)
      case (.l0, false) where nearest.pixels == nil: radius = (1.25 * radius).rounded(.up)
      case (.l0, false): radius = max(radius + 1, larger.rounded(.down))
      case (_, true): radius = min(smaller, nearest.distance)
      case (_, false):
        radius = nearest.pixels != nil ? larger : max(length + remaining, (1 + adjustment) * length)
      }
      // A ball larger than the best known distance is useless.
      radius = min(radius, nearest.distance)
    }

    private func move(along slopes: [Double], scale: Double) {
      var difference = point.indices.map { index in
        let moved = Double(point[index]) + scale * slopes[index]
        return min(max(moved, Double(image.bounds.lowerBound)), Double(image.bounds.upperBound))
          - Double(image.clean[index])
      }
      if norm.length(of: difference) > radius {
        difference = norm.nearestInBall(ofRadius: radius, to: difference)
      }
      for index in point.indices {
        point[index] = image.pixel(Double(image.clean[index]) + difference[index])
      }
    }
  }
}

extension Norm {
  /// ‖g‖_q with 1/p + 1/q = 1: the largest rate of change per length of a function with gradient g. For L0, which is
  /// not a norm, that of L1: one pixel that may move by 1.
  func dualLength(of gradient: [Double]) -> Double {
    switch self {
    case .l0, .l1: Norm.linf.length(of: gradient)
    case .l2: Norm.l2.length(of: gradient)
    case .linf: Norm.l1.length(of: gradient)
    }
  }
}
