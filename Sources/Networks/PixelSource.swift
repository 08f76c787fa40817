import Datasets
import Tensors

/// Images that can be written, one at a time, to where a plan reads them.
protocol PixelSource: Sendable {
  var count: Int { get }
  var imageShape: ImageShape { get }
  /// Writes `imageShape.pixelCount` values in [0, 1].
  func writePixels(ofImage index: Int, to destination: UnsafeMutablePointer<Float>)
}

extension LabelledImages: PixelSource {
  var imageShape: ImageShape { shape }
}

/// A `[count, channels, height, width]` tensor as images.
struct TensorImages: PixelSource {
  let tensor: Tensor
  let imageShape: ImageShape

  init(_ tensor: Tensor) {
    precondition(tensor.shape.count == 4, "images are [count, channels, height, width], got \(tensor.shape)")
    self.tensor = tensor
    imageShape = ImageShape(channels: tensor.shape[1], height: tensor.shape[2], width: tensor.shape[3])
  }

  var count: Int { tensor.count }

  func writePixels(ofImage index: Int, to destination: UnsafeMutablePointer<Float>) {
    let length = imageShape.pixelCount
    tensor.elements.withUnsafeBufferPointer {
      destination.update(from: $0.baseAddress! + index * length, count: length)
    }
  }
}

/// Subtracts the network's mean from the pixels and divides by the standard deviation, in place, and rescales
/// gradients.
struct Normalisation: Sendable {
  private let means: [Float]
  private let scales: [Float]
  private let mapLength: Int

  init(_ graph: Graph) {
    let input = graph.architecture.input
    mapLength = input.height * input.width
    let given = graph.normalisation
    means = given?.mean ?? []
    scales = given?.standardDeviation.map { 1 / $0 } ?? []
  }

  func apply(to pixels: UnsafeMutablePointer<Float>) {
    for channel in means.indices {
      let (mean, scale) = (means[channel], scales[channel])
      let map = pixels + channel * mapLength
      for index in 0..<mapLength { map[index] = (map[index] - mean) * scale }
    }
  }

  /// ∂/∂pixel = ∂/∂normalised · 1/σ
  func apply(toGradient gradient: UnsafeMutablePointer<Float>) {
    for channel in scales.indices {
      let map = gradient + channel * mapLength
      for index in 0..<mapLength { map[index] *= scales[channel] }
    }
  }
}
