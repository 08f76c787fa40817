/// How much the images of a top set look alike, to an encoder that did not choose them.
///
///     coherence = mean over pairs i < j of cos(E(xᵢ) − m, E(xⱼ) − m)
///     residual  = coherence − its expectation for random images with the same labels
///
/// The residual measures what "a round stroke at the lower left" claims: similarity beyond shared class. By chance it
/// is exactly 0, and coherence is ``SimilaritySpace/chanceCoherence``, about 0; both are at most 1 above that.
///
/// The two may order bases differently. Directions that all show the same few images have a high residual: read
/// it beside ``TopSetOverlap``. Duplicate images are coherent by definition: remove ``DuplicateImages`` first.
public struct EncoderCoherence: Equatable, Codable, Sendable {
  /// Name of the encoder.
  public let encoder: String
  /// `nil` for fewer than two images.
  public let coherence: Double?
  /// The expected coherence of random images with the same labels; `nil` for fewer than two.
  public let expectedForLabels: Double?

  /// - Parameter images: A top set, each image at most once.
  public init(of images: [Int], in space: SimilaritySpace) {
    encoder = space.name
    coherence = space.coherence(of: images)
    expectedForLabels = space.expectedCoherence(forLabelsOf: images)
  }

  /// `nil` for fewer than two images.
  public var residual: Double? {
    guard let coherence, let expectedForLabels else { return nil }
    return coherence - expectedForLabels
  }
}
