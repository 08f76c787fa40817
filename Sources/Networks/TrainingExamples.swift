import Datasets
import Tensors

/// What a network learns from: inputs, each with the loss of an output.
protocol TrainingExamples: PixelSource {
  /// Prefetches an input that will be written soon into the cache.
  func prefetchPixels(ofImage index: Int)

  /// Writes `scale · ∂L/∂output` for one example.
  ///
  /// - Parameters:
  ///   - input: The network's input, augmented and normalised: `imageShape.pixelCount` values.
  ///   - output: Network's output for it.
  /// - Returns: L, not scaled, and whether the output is right, where that is a question.
  func writeLossGradient(
    ofImage index: Int, input: UnsafeBufferPointer<Float>, output: UnsafeBufferPointer<Float>, scale: Double,
    to gradient: inout MutableSpan<Float>
  ) -> (loss: Double, isCorrect: Bool)

  /// Writes ∂L/∂output times a positive factor chosen per example such that nothing underflows.
  func writeAscentDirection(
    ofImage index: Int, output: UnsafeBufferPointer<Float>, to gradient: inout MutableSpan<Float>)
}

/// Images with their classes, and the loss of a network's outputs.
struct ClassifiedExamples: TrainingExamples {
  let images: LabelledImages
  let loss: TrainingLoss

  var count: Int { images.count }
  var imageShape: ImageShape { images.shape }

  func writePixels(ofImage index: Int, to destination: UnsafeMutablePointer<Float>) {
    images.writePixels(ofImage: index, to: destination)
  }

  func prefetchPixels(ofImage index: Int) { images.prefetchPixels(ofImage: index) }

  func writeLossGradient(
    ofImage index: Int, input: UnsafeBufferPointer<Float>, output: UnsafeBufferPointer<Float>, scale: Double,
    to gradient: inout MutableSpan<Float>
  ) -> (loss: Double, isCorrect: Bool) {
    let label = images.labels[index]
    let loss = loss.writeGradient(
      logits: Span(_unsafeElements: output), label: label, scale: scale, to: &gradient)
    return (loss, Prediction.label(of: output) == label)
  }

  func writeAscentDirection(
    ofImage index: Int, output: UnsafeBufferPointer<Float>, to gradient: inout MutableSpan<Float>
  ) {
    loss.writeAscentDirection(
      logits: Span(_unsafeElements: output), label: images.labels[index], to: &gradient)
  }
}

/// Inputs to be reconstructed: the loss is ``SquaredError``, in the units of the normalised input.
struct ReconstructionExamples: TrainingExamples {
  let inputs: TensorImages

  var count: Int { inputs.count }
  var imageShape: ImageShape { inputs.imageShape }

  func writePixels(ofImage index: Int, to destination: UnsafeMutablePointer<Float>) {
    inputs.writePixels(ofImage: index, to: destination)
  }

  /// An input is a few cache lines; waiting for it is negligible beside the work on it.
  func prefetchPixels(ofImage index: Int) {}

  func writeLossGradient(
    ofImage index: Int, input: UnsafeBufferPointer<Float>, output: UnsafeBufferPointer<Float>, scale: Double,
    to gradient: inout MutableSpan<Float>
  ) -> (loss: Double, isCorrect: Bool) {
    let loss = SquaredError.writeGradient(
      output: Span(_unsafeElements: output), target: Span(_unsafeElements: input), scale: scale, to: &gradient
    )
    return (loss, false)
  }

  func writeAscentDirection(
    ofImage index: Int, output: UnsafeBufferPointer<Float>, to gradient: inout MutableSpan<Float>
  ) {
    preconditionFailure("reconstructions are not trained on perturbed inputs")
  }
}
