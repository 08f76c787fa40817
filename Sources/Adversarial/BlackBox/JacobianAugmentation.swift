import Networks
import Tensors

/// New images for querying a black box, each a step from a known one along the gradient of the substitute's score for
/// the black box's label.
///
///     x′ = clip(x + λ sign ∇ₓ z_Õ(x)),   Õ(x) the black box's label, z the substitute's logits
///
/// Papernot et al. (2017), section 4.2, who use probabilities instead of logits: their gradient vanishes when the
/// substitute is confident. <https://arxiv.org/abs/1602.02697>
public enum JacobianAugmentation {
  /// - Parameters:
  ///   - images: `[count, channels, height, width]`.
  ///   - labels: The black box's labels.
  ///   - step: λ; negative steps go in the opposite direction.
  /// - Returns: One image for each of `images`, in order, inside `bounds`.
  /// - Throws: What the substitute throws.
  public static func images(
    from images: Tensor, labels: [Int], step: Float, bounds: ClosedRange<Float> = 0...1,
    substitute: some DifferentiableClassifier
  ) throws -> Tensor {
    precondition(labels.count == images.count, "\(images.count) images with \(labels.count) labels")
    guard images.count > 0 else { return images }
    let gradients = try substitute.logitsAndImageGradients(of: images) { row, _, gradient in
      gradient[labels[row]] = 1
    }.imageGradients
    var moved = images
    for index in moved.elements.indices {
      let slope = gradients.elements[index]
      let change = slope > 0 ? step : slope < 0 ? -step : 0
      moved.elements[index] = min(max(moved.elements[index] + change, bounds.lowerBound), bounds.upperBound)
    }
    return moved
  }
}
