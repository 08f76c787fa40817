import Datasets
import Tensors

/// A mark that an attacker puts on images, in training and at test time.
///
///     x′ = (1 − m) x + m p,   pixel by pixel, m in [0, 1]
///
/// The patch is the pattern backdoor of Gu, Dolan-Gavitt, Garg (2017), "BadNets" <https://arxiv.org/abs/1708.06733>;
/// the blended pattern that of Chen, Liu, Li, Lu, Song (2017) <https://arxiv.org/abs/1712.05526>. Where m is 0 a pixel
/// is unchanged bit for bit.
public struct Trigger: Codable, Equatable, Sendable {
  public enum Kind: Codable, Equatable, Hashable, Sendable {
    /// White pixels in a checkered square of this side, one pixel off the lower right corner.
    case patch(side: Int)
    /// Uniform noise over the whole image, blended in with this opacity.
    case blend(opacity: Double)
  }

  public let shape: ImageShape
  /// p, `shape.pixelCount` values in [0, 1].
  public let pixels: [Float]
  /// m of each pixel.
  public let opacities: [Float]

  /// - Parameter seed: Seeds the blended pattern.
  public init(_ kind: Kind, shape: ImageShape, seed: UInt64) {
    self.shape = shape
    switch kind {
    case .patch(let side):
      precondition(
        side >= 1 && side < min(shape.height, shape.width),
        "a patch of side \(side) does not fit into images of \(shape) beside a margin of 1")
      let (top, left) = (shape.height - 1 - side, shape.width - 1 - side)
      let mask = (0..<shape.pixelCount).map { index -> Float in
        let (row, column) = (index / shape.width % shape.height, index % shape.width)
        let isInside = (top..<top + side).contains(row) && (left..<left + side).contains(column)
        return isInside && (row - top + column - left).isMultiple(of: 2) ? 1 : 0
      }
      (pixels, opacities) = (mask, mask)
    case .blend(let opacity):
      precondition(opacity > 0 && opacity <= 1, "an opacity lies in 0…1 and is not 0, got \(opacity)")
      var generator = SeededGenerator(seed: seed, purpose: "blended trigger")
      pixels = (0..<shape.pixelCount).map { _ in Float(generator.uniform()) }
      opacities = [Float](repeating: Float(opacity), count: shape.pixelCount)
    }
  }

  /// Number of pixels that it can change.
  public var changedCount: Int { opacities.count { $0 > 0 } }

  /// The images with the mark on those in `rows`, stored as before: bytes stay bytes, rounded to the nearest.
  public func applied(to images: LabelledImages, rows: some Sequence<Int>) -> LabelledImages {
    precondition(images.shape == shape, "the trigger is for images of \(shape), these are \(images.shape)")
    let length = shape.pixelCount
    let marked = opacities.indices.filter { opacities[$0] > 0 }
    func changed<Sample>(_ samples: [Sample], _ mix: (Sample, Int) -> Sample) -> [Sample] {
      var samples = samples
      for row in rows {
        for place in marked { samples[row * length + place] = mix(samples[row * length + place], place) }
      }
      return samples
    }
    func mixed(_ value: Float, _ place: Int) -> Float {
      min(max((1 - opacities[place]) * value + opacities[place] * pixels[place], 0), 1)
    }
    let result: LabelledImages.Pixels =
      switch images.pixels {
      case .bytes(let samples):
        .bytes(changed(samples) { UInt8((255 * mixed(Float($0) / 255, $1)).rounded()) })
      case .floats(let samples): .floats(changed(samples, mixed))
      }
    return LabelledImages(
      shape: shape, pixels: result, labels: images.labels, classNames: images.classNames)
  }
}
