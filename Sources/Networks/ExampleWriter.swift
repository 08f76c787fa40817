import Datasets
import OneDNN
import Tensors

/// Writes the network's input for an example.
struct ExampleWriter {
  let normalisation: Normalisation
  private let raw: Buffer  // one image before augmentation

  init(_ graph: Graph, on device: Device) throws {
    normalisation = Normalisation(graph)
    raw = try Buffer(count: graph.architecture.input.pixelCount, on: device)
  }

  /// Writes the pixels, augmented but not yet normalised.
  func write(
    _ image: Int, of examples: some TrainingExamples, to target: UnsafeMutablePointer<Float>,
    _ augmentation: Augmentation, seed: UInt64, epoch: Int
  ) {
    if augmentation.isIdentity {
      examples.writePixels(ofImage: image, to: target)
    } else {
      examples.writePixels(ofImage: image, to: raw.floats)
      var generator = SeededGenerator(
        seed: seed, stream: RandomStream.augmentation(epoch: epoch, image: image))
      augmentation.apply(from: raw.floats, to: target, shape: examples.imageShape, using: &generator)
    }
  }
}
