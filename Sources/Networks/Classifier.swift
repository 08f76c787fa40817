import Tensors

/// Images in, logits out: all that a black-box attack sees.
public protocol Classifier: Sendable {
  var inputShape: ImageShape { get }
  var classCount: Int { get }

  /// - Parameter images: `[count, channels, height, width]` in [0, 1].
  /// - Returns: `[count, classCount]`, unnormalised. The row of an image does not depend on the other images.
  /// - Throws: When a logit is NaN or infinite.
  func logits(of images: Tensor) throws -> Tensor
}

/// A classifier that also supplies the gradient of any function of its logits.
public protocol DifferentiableClassifier: Classifier {
  /// Vector–Jacobian product of each image separately.
  ///
  ///     g = Jᵀ u,   J = ∂logits/∂image,   u = ∂loss/∂logits
  ///
  /// Cross-entropy, margin losses and rows of the Jacobian are the same call with another `logitGradient`.
  ///
  /// - Parameters:
  ///   - images: `[count, channels, height, width]` in [0, 1].
  ///   - logitGradient: Called once per image, from any thread: the image's row number, its logits, and where
  ///     to write ∂loss/∂logits (zero on entry).
  /// - Returns: Logits `[count, classCount]` and gradients of the shape of `images`.
  /// - Throws: When a logit or a gradient is NaN or infinite.
  func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor)
}
