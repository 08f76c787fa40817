import Foundation
import Networks
import Tensors

/// Decoupled direction and norm: gradient steps on spheres around the image, which shrink after a success and grow
/// after a failure.
///
///     g = ∇L / ‖∇L‖₂,   δ ← δ − αₖ g
///     ε ← (1 − γ) ε when x + δ was adversarial, (1 + γ) ε when not
///     δ ← clip(x + ε δ / ‖δ‖₂) − x
///
/// L is the cross-entropy of the target, or the negative one of the true class. αₖ falls from 1 to 0.01 along half a
/// cosine. Rony et al. (2019), algorithm 1. <https://arxiv.org/abs/1811.09600>
///
/// The nearest of all adversarial points is proposed, including the last, not simply the last. With rounding, each
/// point is rounded to the 256 levels of an 8-bit file before it is judged, as in the paper, so that the result is
/// still adversarial as a PNG.
///
/// All steps together grow ε by at most (1 + γ)^steps, typically 131: enough for images of 17,000 values. If the
/// diagonal of the box is longer and nothing has been adversarial by then, ε is doubled until something is or the whole
/// box is inside, and the steps restart from there.
public struct DecoupledDirectionNorm: Attack {
  public static let supportedNorms: [Norm] = [.l2]

  public enum Rounding: String, CaseIterable, Codable, Sendable {
    case none
    /// To the nearest of 256 levels evenly spaced between the bounds.
    case eightBits
  }

  public let stepCount: Int
  /// γ, the relative change of the sphere's radius at each step.
  public let adjustment: Double
  /// ε of the first step.
  public let initialNorm: Double
  public let rounding: Rounding

  public init(
    stepCount: Int = 100, adjustment: Double = 0.05, initialNorm: Double = 1, rounding: Rounding = .none
  ) {
    precondition(stepCount >= 0, "the number of steps must not be negative, got \(stepCount)")
    precondition(0 < adjustment && adjustment < 1, "the adjustment lies between 0 and 1, got \(adjustment)")
    precondition(initialNorm > 0, "the first norm must be positive, got \(initialNorm)")
    self.stepCount = stepCount
    self.adjustment = adjustment
    self.initialNorm = initialNorm
    self.rounding = rounding
  }

  public var name: String { "ddn" }

  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try LockStep.nearestImages(for: batch, under: threatModel, classifier: classifier) {
      Search($0, settings: self)
    }
  }

  private final class Search: ImageSearch {
    private(set) var point: [Float]
    private(set) var isFinished = false
    private(set) var nearest = NearestFound()
    private(set) var hadZeroGradient = false
    private let image: SearchedImage
    private let settings: DecoupledDirectionNorm
    private var norm: Double
    private var step = 0
    /// Whether ε is being doubled.
    private var isReaching = false

    init(_ image: SearchedImage, settings: DecoupledDirectionNorm) {
      self.image = image
      self.settings = settings
      point = image.clean
      norm = settings.initialNorm
    }

    func writeLogitGradient(of logits: Span<Float>, to gradient: inout MutableSpan<Float>) {
      image.writeCrossEntropyDirection(of: logits, to: &gradient)
    }

    func absorb(logits: Span<Float>, gradient: Span<Float>) {
      let isAdversarial = image.isReached(by: logits)
      if isAdversarial { nearest.offer(point, at: image.distance(to: point, in: .l2)) }
      if isReaching || step == settings.stepCount, nearest.pixels == nil, settings.stepCount > 0 {
        guard norm < diagonal else { return isFinished = true }
        isReaching = true
        norm *= 2
        return move(against: gradient, by: 1)
      }
      if isReaching { (isReaching, step) = (false, 0) }
      guard step < settings.stepCount, nearest.distance > 0 else { return isFinished = true }
      norm *= isAdversarial ? 1 - settings.adjustment : 1 + settings.adjustment
      move(against: gradient, by: cosineDecay(from: 1, to: 0.01, at: step, of: settings.stepCount))
      step += 1
    }

    /// The largest possible distance of an image.
    private var diagonal: Double {
      Double(image.clean.count).squareRoot() * Double(image.bounds.upperBound - image.bounds.lowerBound)
    }

    private func move(against gradient: Span<Float>, by stepSize: Double) {
      var squares = 0.0
      for slope in gradient.indices { squares += Double(gradient[slope]) * Double(gradient[slope]) }
      if squares == 0 { hadZeroGradient = true }
      let scale = squares > 0 ? stepSize / squares.squareRoot() : 0
      var difference = point.indices.map { index in
        Double(point[index]) - Double(image.clean[index]) - scale * Double(gradient[index])
      }
      let length = Norm.l2.length(of: difference)
      // Without a gradient at the clean image there is no direction yet.
      guard length > 0 else { return isFinished = squares == 0 }
      for index in difference.indices { difference[index] *= norm / length }
      for index in point.indices {
        point[index] = rounded(image.pixel(Double(image.clean[index]) + difference[index]))
      }
    }

    private func rounded(_ pixel: Float) -> Float {
      switch settings.rounding {
      case .none: return pixel
      case .eightBits:
        let (bottom, top) = (image.bounds.lowerBound, image.bounds.upperBound)
        // At bounds 0…1 these are the Floats obtained by reading the file back.
        return bottom + ((pixel - bottom) / (top - bottom) * 255).rounded() / 255 * (top - bottom)
      }
    }
  }
}

/// Decays from `start` at step 0 to nearly `end` at the last of `count` steps, along half a cosine.
func cosineDecay(from start: Double, to end: Double, at step: Int, of count: Int) -> Double {
  end + (start - end) * (1 + cos(.pi * Double(step) / Double(count))) / 2
}
