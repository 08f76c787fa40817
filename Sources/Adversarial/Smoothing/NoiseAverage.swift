import Networks
import Tensors

/// The mean of a classifier's probabilities over several noisy copies of an image, with its gradient: the objective of
/// attacks on a ``SmoothedClassifier``, whose votes have no gradient.
///
///     z_c(x) = log (1/m) Σ_j softmax(f(x + δ_j))_c,   δ_j ~ N(0, σ² I)
///
/// Its cross-entropy is the loss of Salman et al. (2019), equation 5, and its gradient the mean over the copies,
/// weighted by the probability that each assigns to the class: expectation over transformation (Athalye et al., 2018),
/// with the logarithm outside the mean. <https://arxiv.org/abs/1906.04584> <https://arxiv.org/abs/1707.07397>
///
/// The draws are the same for all images and all steps, as in Salman et al.'s attack: the row of an image is a function
/// of the image alone. They differ from the draws used for judging, so an attack gains nothing by fitting its own
/// noise.
public struct NoiseAverage: DifferentiableClassifier {
  private let ensemble: Ensemble

  /// - Parameters:
  ///   - deviation: σ, in units of pixels.
  ///   - drawCount: m
  public init(_ base: some DifferentiableClassifier, deviation: Double, drawCount: Int, seed: UInt64) {
    precondition(
      deviation >= 0 && deviation.isFinite, "noise has a finite deviation, not negative, got \(deviation)")
    precondition(drawCount > 0, "there must be a draw, got \(drawCount)")
    let noise = GaussianNoise(deviation: deviation, seed: seed, purpose: "noise average")
    ensemble = Ensemble(
      (0..<drawCount).map {
        DisplacedClassifier(
          base: base, offset: noise.draw($0, subject: 0, pixelCount: base.inputShape.pixelCount))
      })
  }

  public var inputShape: ImageShape { ensemble.inputShape }
  public var classCount: Int { ensemble.classCount }

  public func logits(of images: Tensor) throws -> Tensor { try ensemble.logits(of: images) }

  public func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    try ensemble.logitsAndImageGradients(of: images, logitGradient: logitGradient)
  }
}

/// f(x + δ) with one δ for all images.
private struct DisplacedClassifier<Base: DifferentiableClassifier>: DifferentiableClassifier {
  let base: Base
  let offset: [Float]

  var inputShape: ImageShape { base.inputShape }
  var classCount: Int { base.classCount }

  func logits(of images: Tensor) throws -> Tensor { try base.logits(of: displaced(images)) }

  func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    try base.logitsAndImageGradients(of: displaced(images), logitGradient: logitGradient)
  }

  private func displaced(_ images: Tensor) -> Tensor {
    let length = offset.count
    return Tensor(
      shape: images.shape,
      elements: [Float](unsafeUninitializedCapacity: images.elements.count) { buffer, count in
        images.elements.withUnsafeBufferPointer { pixels in
          for index in pixels.indices { buffer[index] = pixels[index] + offset[index % length] }
        }
        count = images.elements.count
      })
  }
}
