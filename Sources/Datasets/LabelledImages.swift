import CKernels
import Tensors

/// Images of one shape with their classes: checked once, when made, and immutable from then on.
public struct LabelledImages: Sendable {
  /// Stored samples, `[count, channels, height, width]`.
  public enum Pixels: Sendable {
    /// 0…255, one byte each; read as value / 255.
    case bytes([UInt8])
    /// Already in [0, 1].
    case floats([Float])
  }

  public let shape: ImageShape
  public let pixels: Pixels
  /// True class of each image, in `0..<classNames.count`.
  public let labels: [Int]
  public let classNames: [String]

  public init(shape: ImageShape, pixels: Pixels, labels: [Int], classNames: [String]) {
    let sampleCount =
      switch pixels {
      case .bytes(let samples): samples.count
      case .floats(let samples): samples.count
      }
    precondition(
      sampleCount == labels.count * shape.pixelCount,
      "\(labels.count) images of \(shape) need \(labels.count * shape.pixelCount) samples, got \(sampleCount)"
    )
    precondition(
      labels.allSatisfy(classNames.indices.contains), "every label must be in 0..<\(classNames.count)")
    self.shape = shape
    self.pixels = pixels
    self.labels = labels
    self.classNames = classNames
  }

  public var count: Int { labels.count }

  /// Writes the pixels of one image, in [0, 1], to `shape.pixelCount` floats at `destination`.
  public func writePixels(ofImage index: Int, to destination: UnsafeMutablePointer<Float>) {
    precondition(labels.indices.contains(index), "image \(index) of \(count)")
    let start = index * shape.pixelCount
    switch pixels {
    case .bytes(let samples):
      samples.withUnsafeBufferPointer { source in
        kernels_write_pixels(source.baseAddress! + start, shape.pixelCount, destination)
      }
    case .floats(let samples):
      samples.withUnsafeBufferPointer { source in
        destination.update(from: source.baseAddress! + start, count: shape.pixelCount)
      }
    }
  }

  /// Calls an image's samples into the cache. Shuffled images lie anywhere in memory, and waiting for one takes as
  /// long as converting it.
  public func prefetchPixels(ofImage index: Int) {
    precondition(labels.indices.contains(index), "image \(index) of \(count)")
    let length = shape.pixelCount
    switch pixels {
    case .bytes(let samples):
      samples.withUnsafeBufferPointer { kernels_prefetch($0.baseAddress! + index * length, length) }
    case .floats(let samples):
      samples.withUnsafeBufferPointer {
        kernels_prefetch($0.baseAddress! + index * length, length * MemoryLayout<Float>.stride)
      }
    }
  }

  /// The images with the given indices as `[count, channels, height, width]` in [0, 1].
  public func tensor(of indices: some Collection<Int>) -> Tensor {
    let length = shape.pixelCount
    let elements = [Float](unsafeUninitializedCapacity: indices.count * length) { buffer, count in
      for (row, index) in indices.enumerated() {
        writePixels(ofImage: index, to: buffer.baseAddress! + row * length)
      }
      count = indices.count * length
    }
    return Tensor(shape: [indices.count, shape.channels, shape.height, shape.width], elements: elements)
  }

  /// The images with the given indices, in that order.
  public func selecting(_ indices: some Collection<Int>) -> LabelledImages {
    let length = shape.pixelCount
    func gathered<Sample>(_ samples: [Sample]) -> [Sample] {
      var taken: [Sample] = []
      taken.reserveCapacity(indices.count * length)
      for index in indices { taken += samples[index * length..<(index + 1) * length] }
      return taken
    }
    let selected: Pixels =
      switch pixels {
      case .bytes(let samples): .bytes(gathered(samples))
      case .floats(let samples): .floats(gathered(samples))
      }
    return LabelledImages(
      shape: shape, pixels: selected, labels: indices.map { labels[$0] }, classNames: classNames)
  }
}
