import Foundation
import Tensors

/// Draws of N(0, σ²I), identified by number, to be added to images.
///
/// A draw depends only on seed, purpose, subject and number, so it is the same in any batch and on any worker. Sums are
/// not clipped to [0, 1]: the certificate holds for exactly this noise, as in Cohen, Rosenfeld, Kolter (2019).
struct GaussianNoise: Sendable {
  /// σ, in units of pixels.
  let deviation: Double
  let seed: UInt64
  let purpose: StaticString

  /// x + σ z.
  ///
  /// - Parameters:
  ///   - subject: What the noise is for, such as the number of an image in its data set.
  ///   - draw: Number of the draw.
  func appendNoisy(_ image: ArraySlice<Float>, subject: Int, draw: Int, to target: inout [Float]) {
    // A stream per (subject, draw): the subject shifts the seed, away from any seed a user might choose.
    var generator = SeededGenerator(
      seed: seed &+ UInt64(bitPattern: Int64(subject)) &* 0x9E37_79B9_7F4A_7C15, purpose: purpose, index: draw
    )
    var spare: Double?
    for pixel in image {
      let normal: Double
      if let left = spare {
        (normal, spare) = (left, nil)
      } else {
        let pair = generator.normalPair()
        (normal, spare) = (pair.0, pair.1)
      }
      target.append(Float(Double(pixel) + deviation * normal))
    }
  }

  /// Noise alone: σ z.
  func draw(_ number: Int, subject: Int, pixelCount: Int) -> [Float] {
    var noise: [Float] = []
    noise.reserveCapacity(pixelCount)
    appendNoisy([Float](repeating: 0, count: pixelCount)[...], subject: subject, draw: number, to: &noise)
    return noise
  }
}
