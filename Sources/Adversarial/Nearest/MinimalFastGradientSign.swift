import Foundation
import Networks
import Tensors

/// The smallest sufficient step along the sign of the gradient.
///
///     x′ₖ = clip(x ± k · s · sign ∇ₓL(x, ·)),   k = 1, 2, …   proposed: the first that reaches the goal
///
/// The ball grows, the direction stays; the gradient is that of the clean image. Success is not monotone in ε, because
/// of clipping and curvature, so every k is tried in turn instead of by bisection. ε is k times the step, not a sum of
/// steps, which would stop short of a limit that is a multiple of the step.
///
/// After the fast gradient sign method of Goodfellow, Shlens, Szegedy (2015), section 4.
public struct MinimalFastGradientSign: Attack {
  public static let supportedNorms: [Norm] = [.linf]

  /// s, in units of pixels; the resolution of results.
  public let stepSize: Float
  /// Largest ε, reached if it is a multiple of the step.
  public let limit: Float

  public init(stepSize: Float = 1 / 255, limit: Float = 1) {
    precondition(stepSize > 0 && stepSize.isFinite, "the step must be positive, got \(stepSize)")
    precondition(limit >= 0 && limit.isFinite, "the limit must not be negative, got \(limit)")
    self.stepSize = stepSize
    self.limit = limit
  }

  public var name: String { "minimal-fgsm" }

  /// Number of steps up to the limit, allowing for rounding of either.
  var stepCount: Int { Int((Double(limit) / Double(stepSize) * (1 + 1e-6)).rounded(.down)) }

  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    guard batch.count > 0 else { return PerturbedImages(images: batch.images) }
    let searched = (0..<batch.count).map { SearchedImage(row: $0, of: batch, under: threatModel) }
    let (logits, gradients) = try classifier.logitsAndImageGradients(of: batch.images) {
      row, logits, gradient in
      searched[row].writeCrossEntropyDirection(of: logits, to: &gradient)
    }
    let zeroGradientRows = searched.indices.filter { gradients[row: $0].allSatisfy { $0 == 0 } }
    var images = batch.images
    var active = searched.indices.filter {
      !zeroGradientRows.contains($0) && !searched[$0].isReached(by: logits[row: $0].span)
    }
    for step in 0..<stepCount where !active.isEmpty {
      let epsilon = Double(step + 1) * Double(stepSize)
      let moved = active.flatMap { row in
        zip(searched[row].clean, gradients[row: row]).map { pixel, slope in
          searched[row].pixel(Double(pixel) - (slope > 0 ? epsilon : slope < 0 ? -epsilon : 0))
        }
      }
      let candidates = Tensor(shape: [active.count] + batch.images.shape.dropFirst(), elements: moved)
      let answers = try classifier.logits(of: candidates)
      let reached = active.indices.filter { searched[active[$0]].isReached(by: answers[row: $0].span) }
      for place in reached { images[row: active[place]] = candidates[row: place] }
      let found = Set(reached)
      active = active.indices.filter { !found.contains($0) }.map { active[$0] }
    }
    return PerturbedImages(images: images, zeroGradientRows: zeroGradientRows)
  }
}
