import Networks
import Tensors

/// Fast gradient sign method: one step of size ε along the sign of the loss gradient.
///
///     untargeted   x′ = clip(x + ε · sign(∇ₓ L(x, y)))
///     targeted     x′ = clip(x − ε · sign(∇ₓ L(x, t)))       with sign(0) = 0
///
/// L is the cross-entropy of the softmax. Goodfellow, Shlens, Szegedy (2015), section 4; clipping to the pixel
/// bounds and the targeted step are not in the paper (Kurakin, Goodfellow, Bengio 2017 add both).
/// <https://arxiv.org/abs/1412.6572>
///
/// Under another norm the step is the gradient scaled to length ε, the fast gradient method:
///
///     L2   x′ = clip(x + ε g / ‖g‖₂)
///     L1   x′ = clip(x + ε g / ‖g‖₁)
///
/// For L1 that is the customary step, not the steepest: the steepest spends all of ε on the pixel with the
/// largest |g|.
///
/// The step depends only on the direction of the gradient, so each image's loss is scaled to keep its gradient from
/// underflowing; confident images are attacked like any other. With ε = 0 the images are returned bit for bit.
public struct FastGradientSignMethod: Attack {
  /// The class whose loss an untargeted step increases.
  public enum LossLabel: String, CaseIterable, Codable, Sendable {
    /// As in the paper. In adversarial training it leaks the label: the perturbation reveals the class it came from
    /// (Kurakin et al. 2017).
    case trueLabel
    /// The classifier's own prediction, which needs no label and leaks none.
    case prediction
  }

  public let lossLabel: LossLabel

  public init(lossLabel: LossLabel = .trueLabel) { self.lossLabel = lossLabel }

  public var name: String { "fgsm" }

  /// - Precondition: `threatModel.epsilon` is finite.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "one step needs a finite epsilon")
    guard threatModel.epsilon > 0, batch.count > 0 else { return PerturbedImages(images: batch.images) }
    let lossLabel = lossLabel
    let labels = batch.labels
    let (_, gradients) = try classifier.logitsAndImageGradients(of: batch.images) { row, logits, gradient in
      let attacked =
        threatModel.target(ofRow: row)
        ?? (lossLabel == .trueLabel ? labels[row] : indexOfLargest(logits))
      CrossEntropy.writeAscentDirection(logits: logits, label: attacked, to: &gradient)
    }
    let direction: Double = threatModel.goal == .untargeted ? 1 : -1
    var images = batch.images
    var zeroGradientRows: [Int] = []
    let length = images.rowLength
    for row in 0..<batch.count {
      let gradient = gradients[row: row]
      guard let unit = AscentDirection(along: gradient, in: threatModel.norm) else {
        zeroGradientRows.append(row)
        continue
      }
      for (pixel, slope) in zip(row * length..<(row + 1) * length, gradient) {
        let step = Double(threatModel.epsilon) * unit(slope)
        let moved = Float(Double(images.elements[pixel]) + direction * step)
        images.elements[pixel] = min(max(moved, threatModel.bounds.lowerBound), threatModel.bounds.upperBound)
      }
    }
    return PerturbedImages(images: images, zeroGradientRows: zeroGradientRows)
  }
}

/// The lowest index of the largest logit.
private func indexOfLargest(_ logits: Span<Float>) -> Int {
  var best = 0
  for index in logits.indices where logits[index] > logits[best] { best = index }
  return best
}
