import Tensors

/// Every measure of coherence and selectivity of a set of directions, one row per direction.
///
/// Each measure has its own type, which documents its equation, source, chance level and pitfalls. The primary one is
/// ``LabelAgreement/kappa``; the others are second opinions.
///
/// The same seed gives the same report for any number of workers.
public struct CoherenceReport: Equatable, Codable, Sendable {
  /// Measures to compute, and their settings.
  public struct Configuration: Equatable, Codable, Sendable {
    /// k, the size of the top sets.
    public var topCount: Int
    /// Seeds everything random: chance purity, trials, halves.
    public var seed: UInt64
    /// The choice trials for each encoder. `vsMin` is suitable only for signed scores.
    public var choiceVariants: [ChoiceTrials.Variant]
    public var choiceLayout: ChoiceTrials.Layout
    /// α of the soft score.
    public var choiceSteepness: Double
    /// Number of bins of score histograms.
    public var binCount: Int

    public init(
      topCount: Int = 9, seed: UInt64, choiceVariants: [ChoiceTrials.Variant] = [.vsRandom, .vsSameLabel],
      choiceLayout: ChoiceTrials.Layout = .init(), choiceSteepness: Double = 0.16, binCount: Int = 60
    ) {
      self.topCount = topCount
      self.seed = seed
      self.choiceVariants = choiceVariants
      self.choiceLayout = choiceLayout
      self.choiceSteepness = choiceSteepness
      self.binCount = binCount
    }
  }

  /// One direction.
  public struct Row: Equatable, Codable, Sendable {
    public let id: String
    /// The top set, best first.
    public let topImages: [Int]
    public let agreement: LabelAgreement
    /// ``ChancePurity/adjusted(_:)``.
    public let adjustedPurity: Double?
    public let entropy: ClassEntropy
    public let selectivity: ClassSelectivity
    public let selectivityIndex: ClassSelectivityIndex
    /// One per encoder, in the order of ``CoherenceReport/encoders``.
    public let encoderCoherences: [EncoderCoherence]
    /// Encoder by encoder, in the order of the variants.
    public let choices: [TwoAlternativeChoice]
    public let statistics: ActivationStatistics
    public let redundancy: DirectionRedundancy

    /// Whether the top set is meaningful: scores vary, and a rectified unit responds to each of the top images.
    public var isAlive: Bool { !statistics.isDead && !statistics.isConstant }
  }

  /// An encoder and its chance level.
  public struct Encoder: Equatable, Codable, Sendable {
    public let name: String
    public let dimension: Int
    /// ``SimilaritySpace/chanceCoherence``.
    public let chanceCoherence: Double?
  }

  public let configuration: Configuration
  public let layer: String
  public let kind: DirectionSet.Kind
  public let imageCount: Int
  public let chancePurity: ChancePurity
  public let chanceEntropy: ChanceEntropy
  public let encoders: [Encoder]
  public let overlap: TopSetOverlap
  public let stability: HalfStability
  public let rows: [Row]

  /// - Parameters:
  ///   - features: Features of the probe set.
  ///   - directions: At least one, with the features' dimension.
  ///   - labels: Labels of the probe set, at least `topCount` of them.
  ///   - encoders: Over the same images and labels, with distinct names. If empty: neither coherence nor choices.
  ///   - workerCount: Changes the time only.
  public init(
    of features: FeatureMatrix, along directions: DirectionSet, labels: ClassLabels,
    encoders: [SimilaritySpace] = [], configuration: Configuration,
    workerCount: Int = Workers.defaultCount
  ) {
    precondition(
      directions.count > 0 && (1...max(features.imageCount, 1)).contains(configuration.topCount),
      "no report of \(directions.count) directions and top sets of \(configuration.topCount) of "
        + "\(features.imageCount) images")
    precondition(
      encoders.allSatisfy { $0.imageCount == features.imageCount }
        && Set(encoders.map(\.name)).count == encoders.count,
      "encoders see the same images and have different names")
    let chancePurity = ChancePurity(
      imageCount: configuration.topCount, labels: labels, seed: configuration.seed)
    let redundancies = DirectionRedundancy.table(of: features, along: directions, workerCount: workerCount)
    let context = ActivationStatistics.Context(
      features, directions, topCount: configuration.topCount, binCount: configuration.binCount)
    let split = HalfSplit(labels: labels, seed: configuration.seed)
    let measured = DirectionScores.map(of: features, along: directions, workerCount: workerCount) {
      direction, scores in
      let images = scores.highest(configuration.topCount)
      let agreement = LabelAgreement(of: images, in: labels)
      let row = Row(
        id: directions.ids[direction], topImages: images, agreement: agreement,
        adjustedPurity: chancePurity.adjusted(agreement), entropy: ClassEntropy(of: images, in: labels),
        selectivity: ClassSelectivity(of: scores, in: labels),
        selectivityIndex: ClassSelectivityIndex(of: scores, in: labels),
        encoderCoherences: encoders.map { EncoderCoherence(of: images, in: $0) },
        choices: Self.choices(scores, direction, labels, encoders, configuration),
        statistics: ActivationStatistics(of: scores, direction: direction, in: context),
        redundancy: redundancies[direction])
      return (row: row, halves: split.kappas(of: scores, topCount: configuration.topCount))
    }
    self.configuration = configuration
    layer = features.layer
    kind = directions.kind
    imageCount = features.imageCount
    self.chancePurity = chancePurity
    chanceEntropy = ChanceEntropy(imageCount: configuration.topCount, labels: labels)
    self.encoders = encoders.map {
      Encoder(name: $0.name, dimension: $0.dimension, chanceCoherence: $0.chanceCoherence)
    }
    overlap = TopSetOverlap(of: measured.map(\.row.topImages), imageCount: features.imageCount)
    stability = HalfStability(measured.map(\.halves))
    rows = measured.map(\.row)
  }

  private static func choices(
    _ scores: DirectionScores, _ direction: Int, _ labels: ClassLabels, _ encoders: [SimilaritySpace],
    _ configuration: Configuration
  ) -> [TwoAlternativeChoice] {
    guard !encoders.isEmpty else { return [] }
    let trials = configuration.choiceVariants.map {
      ChoiceTrials(
        $0, layout: configuration.choiceLayout, scores: scores, labels: labels, seed: configuration.seed,
        index: direction)
    }
    return encoders.flatMap { space in
      trials.map { TwoAlternativeChoice(of: $0, in: space, steepness: configuration.choiceSteepness) }
    }
  }
}
