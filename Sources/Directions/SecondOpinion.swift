import Tensors

/// What an encoder that did not choose the images says about a direction, beside the labels.
///
/// Labels see one kind of likeness. An encoder of other origin, such as a network of another architecture, sees
/// others: strokes, sleeves, brightness. Where it contradicts the labels, the conclusion hangs on the choice of the
/// measure, and a reader must know.
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
  /// Of the choice.
  public let layout: ChoiceTrials.Layout
  /// Of the random images of the choice.
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

  /// Images for each direction that must be known in their order.
  public var rankedCount: Int { measures.contains(.choice) ? max(topCount, layout.imageCount) : topCount }

  /// The numbers of one direction, in the order of ``measures``.
  ///
  /// - Parameters:
  ///   - images: Best first, at least ``rankedCount``.
  ///   - place: Of the direction in its basis. The random images of the choice belong to it, so bases of the same
  ///     size are measured against the same draws.
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
