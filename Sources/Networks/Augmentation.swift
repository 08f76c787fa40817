import Tensors

/// Random changes of training images, drawn anew in every epoch from (seed, epoch, image).
public struct Augmentation: Codable, Equatable, Sendable {
  /// Mirror left and right in half of the draws.
  public var flips: Bool
  /// Zeros added on each side before a window of the image's size is cut out at random; 0: no crop.
  public var cropPadding: Int

  public init(flips: Bool = false, cropPadding: Int = 0) {
    precondition(cropPadding >= 0, "padding must be non-negative, got \(cropPadding)")
    self.flips = flips
    self.cropPadding = cropPadding
  }

  var isIdentity: Bool { !flips && cropPadding == 0 }

  /// Writes the changed image. `source` and `destination` must not overlap.
  func apply(
    from source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, shape: ImageShape,
    using generator: inout some RandomNumberGenerator
  ) {
    let mirrored = flips && generator.next() & 1 == 1
    let down = cropPadding > 0 ? Int.random(in: -cropPadding...cropPadding, using: &generator) : 0
    let right = cropPadding > 0 ? Int.random(in: -cropPadding...cropPadding, using: &generator) : 0
    for row in 0..<shape.channels * shape.height {
      let (channel, targetLine) = row.quotientAndRemainder(dividingBy: shape.height)
      let sourceLine = targetLine + down
      let target = destination + row * shape.width
      guard (0..<shape.height).contains(sourceLine) else {
        target.update(repeating: 0, count: shape.width)
        continue
      }
      let line = source + (channel * shape.height + sourceLine) * shape.width
      for column in 0..<shape.width {
        let sourceColumn = (mirrored ? shape.width - 1 - column : column) + right
        target[column] = (0..<shape.width).contains(sourceColumn) ? line[sourceColumn] : 0
      }
    }
  }
}
