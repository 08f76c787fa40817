import Tensors

/// Measures of a direction by an encoder that did not choose the images, in addition to the labels.
///
/// Labels capture one kind of similarity. An encoder of different origin, such as a network of another architecture,
/// captures others: strokes, sleeves, brightness. If it contradicts the labels, the conclusion depends on the choice of
/// measure, which a reader must know.
public struct SecondOpinion: Sendable {
  public enum Measure: String, CaseIterable, Codable, Sendable {
    /// ``EncoderCoherence/coherence``: mean cosine between images of the top set; by chance about 0.
    case coherence
    /// ``EncoderCoherence/residual``: coherence beyond that of random images with the same labels; by chance 0.
    case residual
    /// ``TwoAlternativeChoice/hardScore`` of top images against random ones; by chance 0.5.
    case choice
  }

  public let space: SimilaritySpace
  /// k of coherence and residual.
  public let topCount: Int
  /// Layout of the choice trials.
  public let layout: ChoiceTrials.Layout
  /// Seeds the random images of the choice trials.
  public let seed: UInt64

  /// - Parameter topCount: At least 2.
  public init(
    space: SimilaritySpace, topCount: Int, layout: ChoiceTrials.Layout = ChoiceTrials.Layout(), seed: UInt64
  ) {
    precondition(
      2 <= topCount && topCount <= space.imageCount,
      "coherence needs two images or more of \(space.imageCount), got \(topCount)")
    self.space = space
    self.topCount = topCount
    self.layout = layout
    self.seed = seed
  }

  /// Without ``Measure/choice`` where there are too few images for its two sides.
  public var measures: [Measure] {
    Measure.allCases.filter { $0 != .choice || space.imageCount >= 2 * layout.imageCount }
  }

  /// Number of images per direction whose order must be known.
  public var rankedCount: Int { measures.contains(.choice) ? max(topCount, layout.imageCount) : topCount }

  /// The values of one direction, in the order of ``measures``.
  ///
  /// - Parameters:
  ///   - images: Best first, at least ``rankedCount``.
  ///   - place: Index of the direction in its basis. It determines the random images of the choice, so bases of the
  ///     same size are measured against the same draws.
  public func values(of images: [Int], place: Int) -> [Double] {
    measures.map { measure in
      switch measure {
      case .coherence: space.coherence(of: Array(images.prefix(topCount)))!  // two images or more
      case .residual: EncoderCoherence(of: Array(images.prefix(topCount)), in: space).residual!
      case .choice:
        TwoAlternativeChoice(
          of: ChoiceTrials(
            againstRandom: Array(images.prefix(layout.imageCount)), imageCount: space.imageCount,
            layout: layout, seed: seed, index: place), in: space
        ).hardScore!
      }
    }
  }
}
