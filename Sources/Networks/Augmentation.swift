import Datasets
import Tensors

/// Random changes of training images, drawn anew in every epoch from (seed, epoch, image), in the order of the fields.
public struct Augmentation: Codable, Equatable, Sendable {
  /// Mirror left and right with probability ½.
  public var flips: Bool
  /// Zeros added on each side before a window of the image's size is cut out at random; 0: no crop.
  public var cropPadding: Int
  /// The largest rotation angle in degrees, uniform in either direction; 0: none.
  public var rotation: Double {
    get { largestRotation ?? 0 }
    set { largestRotation = newValue == 0 ? nil : newValue }
  }
  /// Kinds of ``Corruption`` of which one or none is drawn, all equally likely, with a severity uniform in (0, 5).
  public var corruptions: [Corruption.Kind] {
    get { corruptionKinds ?? [] }
    set { corruptionKinds = newValue.isEmpty ? nil : newValue }
  }
  /// σ of Gaussian noise, in units of pixels, added last and not clipped, so that a network is trained on inputs like
  /// those of a smoothed classifier. Cohen, Rosenfeld, Kolter (2019), section 3.3. <https://arxiv.org/abs/1902.02918>
  /// 0: none.
  public var noise: Float {
    get { noiseDeviation ?? 0 }
    set { noiseDeviation = newValue == 0 ? nil : newValue }
  }

  /// Absent where there is none, so that files of earlier versions stay readable and unchanged.
  private var largestRotation: Double?
  private var corruptionKinds: [Corruption.Kind]?
  private var noiseDeviation: Float?

  public init(
    flips: Bool = false, cropPadding: Int = 0, rotation: Double = 0, corruptions: [Corruption.Kind] = [],
    noise: Float = 0
  ) {
    precondition(cropPadding >= 0, "padding must be non-negative, got \(cropPadding)")
    precondition((0...180).contains(rotation), "an angle lies in 0...180 degrees, got \(rotation)")
    precondition(noise >= 0 && noise.isFinite, "noise has a finite deviation, not negative, got \(noise)")
    self.flips = flips
    self.cropPadding = cropPadding
    self.rotation = rotation
    self.corruptions = corruptions
    self.noise = noise
  }

  var isIdentity: Bool {
    !flips && cropPadding == 0 && largestRotation == nil && corruptionKinds == nil && noiseDeviation == nil
  }

  /// Writes the changed image.
  ///
  /// - Parameter source: The image; it is used as working memory and undefined afterwards. It must not overlap
  ///   `destination`.
  func apply(
    from source: UnsafeMutablePointer<Float>, to destination: UnsafeMutablePointer<Float>, shape: ImageShape,
    using generator: inout some RandomNumberGenerator
  ) {
    cutWindow(from: source, to: destination, shape: shape, using: &generator)
    if rotation > 0 {
      let degrees = rotation * (2 * generator.uniform() - 1)
      source.update(from: destination, count: shape.pixelCount)
      Corruption.rotate(source, destination, shape, degrees: degrees)
    }
    if let kinds = corruptionKinds {
      let choice = Int(generator.next(upperBound: UInt64(kinds.count + 1)))
      let severity = Corruption.severities.upperBound * generator.uniform()
      if choice < kinds.count {
        source.update(from: destination, count: shape.pixelCount)
        Corruption(kinds[choice], severity: severity)
          .apply(from: source, to: destination, shape: shape, using: &generator)
      }
    }
    if noise > 0 {
      let deviation = Double(noise)
      for index in stride(from: 0, to: shape.pixelCount, by: 2) {
        let (first, second) = generator.normalPair()
        destination[index] = Float(Double(destination[index]) + deviation * first)
        if index + 1 < shape.pixelCount {
          destination[index + 1] = Float(Double(destination[index + 1]) + deviation * second)
        }
      }
    }
  }

  /// Mirrors and shifts the image.
  private func cutWindow(
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
