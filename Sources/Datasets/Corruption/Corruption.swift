import Tensors

/// A change of an image that preserves its class, like another camera, another page or another day.
///
/// Severities are evenly spaced from 0, which changes nothing, to 5; x is in [0, 1] before and after.
///
/// | kind | x′ at severity s |
/// | --- | --- |
/// | `gaussianNoise` | clip(x + 0.1 s z), z ~ N(0, I) |
/// | `impulseNoise` | 0 or 1, a fair coin, with probability 0.06 s for each pixel; all channels together |
/// | `blur` | a Gaussian of standard deviation 0.4 s pixels |
/// | `pixelation` | means of blocks of 1 + s pixels each way |
/// | `contrast` | m + (1 − 0.18 s)(x − m), m the mean of the channel |
/// | `background` | 1 − (1 − x)(1 − 0.16 s p), p a wave in [0, 1] of random direction, length and phase |
/// | `occlusion` | ½ in a square with side 0.1 s of the shorter side, at a random position |
/// | `rotation` | rotated by 10 s degrees in either direction |
/// | `translation` | translated by 0.04 s of the longer side in a random direction |
///
/// Modelled on Hendrycks and Dietterich (2019) and Mu and Gilmer (2019), but simple enough for one equation each;
/// images and strengths differ from theirs. <https://arxiv.org/abs/1903.12261> <https://arxiv.org/abs/1906.02337>
public struct Corruption: Hashable, Codable, Sendable {
  public enum Kind: String, CaseIterable, Codable, Sendable {
    case gaussianNoise = "gaussian-noise"
    case impulseNoise = "impulse-noise"
    case blur, pixelation, contrast, background, occlusion, rotation, translation

    /// Name for headings.
    public var words: String { rawValue.replacing("-", with: " ") }
  }

  public let kind: Kind
  public let severity: Double

  public static let severities = 0.0...5.0

  public init(_ kind: Kind, severity: Double) {
    precondition(
      Self.severities.contains(severity), "a severity lies between 0 and 5, got \(severity)")
    (self.kind, self.severity) = (kind, severity)
  }

  /// The corrupted image.
  ///
  /// - Parameters:
  ///   - pixels: `[channels, height, width]` in [0, 1].
  ///   - generator: Same draws, same image; blur, pixelation and contrast draw nothing.
  public func applied(
    to pixels: [Float], shape: ImageShape, using generator: inout some RandomNumberGenerator
  ) -> [Float] {
    precondition(pixels.count == shape.pixelCount, "\(pixels.count) pixels are no image of \(shape)")
    return [Float](unsafeUninitializedCapacity: pixels.count) { buffer, count in
      pixels.withUnsafeBufferPointer {
        apply(from: $0.baseAddress!, to: buffer.baseAddress!, shape: shape, using: &generator)
      }
      count = pixels.count
    }
  }

  /// The same, without allocating an array. `source` and `target` must not overlap.
  public func apply(
    from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, shape: ImageShape,
    using generator: inout some RandomNumberGenerator
  ) {
    guard severity > 0 else { return target.update(from: source, count: shape.pixelCount) }
    switch kind {
    case .gaussianNoise: addNoise(source, target, shape, &generator)
    case .impulseNoise: addImpulses(source, target, shape, &generator)
    case .blur: blur(source, target, shape)
    case .pixelation: pixelate(source, target, shape)
    case .contrast: flatten(source, target, shape)
    case .background: lighten(source, target, shape, &generator)
    case .occlusion: occlude(source, target, shape, &generator)
    case .rotation: turn(source, target, shape, &generator)
    case .translation: move(source, target, shape, &generator)
    }
  }
}

extension LabelledImages {
  /// The images with the given indices, corrupted: each by draws that depend only on its own index.
  ///
  /// - Returns: `[count, channels, height, width]` in [0, 1].
  public func tensor(
    of indices: [Int], corruptedBy corruption: Corruption, seed: UInt64,
    workerCount: Int = Workers.defaultCount
  ) -> Tensor {
    let clean = tensor(of: indices)
    let images = Workers.map(count: indices.count, workerCount: workerCount) { row in
      // A stream per (image, kind): severities share their draws, so that each is a stronger form of the lower ones.
      // Keyed by the kind's name, not its position: an additional kind changes no other.
      var generator = SeededGenerator(
        seed: seed, purpose: "corruption ", of: corruption.kind.rawValue, index: indices[row])
      return corruption.applied(to: Array(clean[row: row]), shape: shape, using: &generator)
    }
    return Tensor(shape: clean.shape, elements: images.flatMap(\.self))
  }
}

extension Corruption: Checked {
  public func check() throws(CheckFailure) {
    try require(
      Self.severities.contains(severity), "severity", "expected a number from 0 to 5, found \(severity)")
  }
}
