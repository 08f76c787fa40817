import Datasets
import Inference
import Lab
import Networks
import Privacy
import Tensors

/// What an experiment on privacy found.
public struct PrivacyResults: Codable, Sendable {
  public var dataName: String
  public var architectureName: String
  public var epsilons: [Double]
  public var delta: Double
  public var clip: Double
  public var lotSize: Int
  public var epochCount: Int
  public var networkCount: Int
  public var seed: UInt64
  public var trainingCount: Int
  public var heldOutCount: Int
  /// Images attacked.
  public var imageCount: Int
  /// L2, of robust accuracy.
  public var radius: Double
  /// Every network, seed by seed, in the order of the ways to train.
  public var networks: [PrivacyMeasurement]
  /// Every way to train, over its networks.
  public var summaries: [PrivacySummary]
  /// What was found, in words.
  public var sentences: [String]

  package init(
    _ configuration: PrivacyExperiment.Configuration, _ dataset: Dataset, _ graph: Graph,
    networks: [PrivacyMeasurement], attackedCount: Int
  ) {
    dataName = dataset.name
    architectureName = graph.architecture.name
    epsilons = configuration.epsilons
    delta = configuration.delta
    clip = configuration.clip
    lotSize = min(configuration.training.batchSize, dataset.training.count)
    epochCount = configuration.training.epochCount
    networkCount = configuration.networkCount
    seed = configuration.seed
    trainingCount = dataset.training.count
    heldOutCount = dataset.heldOut.count
    imageCount = attackedCount
    radius = configuration.radius
    self.networks = networks
    summaries = PrivacyArm.all(epsilons: configuration.epsilons).map { arm in
      PrivacySummary(arm, among: networks)
    }
    sentences = []
    sentences = PrivacyWords(results: self).sentences
  }

  package func summary(_ arm: PrivacyArm) -> PrivacySummary { summaries.first { $0.arm == arm }! }
}

/// One way to train, over its networks: means with 95 % intervals.
///
/// Student's over networks, with the images held fixed; those of the advantage and of differences of robust accuracy hold
/// the error of the images too, which all networks share (``ImageError``).
public struct PrivacySummary: Codable, Equatable, Sendable {
  public var arm: PrivacyArm
  public var accuracy: MeanWithInterval?
  public var trainingAccuracy: MeanWithInterval?
  /// Of the networks' medians of L2; nil where one of them was right on no image.
  public var distance: MeanWithInterval?
  public var robustAccuracy: MeanWithInterval?
  /// Nil where it was asked of none of one network's images.
  public var advantage: MeanWithInterval?
  /// Differences from the network of the same seed that is not private; for private networks also from the one that was
  /// clipped without noise and from the one that was stopped at the same accuracy.
  public var fromPlain: Differences?
  public var fromClipped: Differences?
  public var fromStopped: Differences?

  public struct Differences: Codable, Equatable, Sendable {
    public var accuracy: MeanWithInterval?
    public var distance: MeanWithInterval?
    public var robustAccuracy: MeanWithInterval?
    /// Nil also for networks that were stopped: they are asked about other images, those that they saw.
    public var advantage: MeanWithInterval?

    package init(
      _ arm: PrivacyArm, minus other: PrivacyArm, among networks: [PrivacyMeasurement]
    ) {
      let pairs = networks.filter { $0.arm == arm }.compactMap { network in
        networks.first { $0.arm == other && $0.seed == network.seed }.map { (network, $0) }
      }
      func mean(_ value: (PrivacyMeasurement) -> Double?) -> MeanWithInterval? {
        let differences = pairs.map { pair in value(pair.0).flatMap { one in value(pair.1).map { one - $0 } }
        }
        return differences.contains(nil) ? nil : MeanWithInterval(differences.compactMap(\.self))
      }
      accuracy = mean { $0.accuracy.value }
      distance = mean(\.medianDistance)
      robustAccuracy = mean { $0.robust.value }?.adding(
        ImageError(
          ofDifferences: pairs.map { (Set($0.0.robustImages), Set($0.1.robustImages)) },
          imageCount: pairs.first?.0.robust.total ?? 0))
      if arm.isStopped || other.isStopped {
        advantage = nil
      } else {
        // Both were asked about the same images: to take their errors for independent is to take them for larger.
        let (own, others) = (
          ImageError(ofAdvantages: pairs.map(\.0)), ImageError(ofAdvantages: pairs.map(\.1))
        )
        advantage = mean(\.membership?.advantage)?.adding(own.flatMap { own in others.map { own.minus($0) } })
      }
    }
  }

  init(_ arm: PrivacyArm, among networks: [PrivacyMeasurement]) {
    self.arm = arm
    let own = networks.filter { $0.arm == arm }
    func mean(_ value: (PrivacyMeasurement) -> Double?) -> MeanWithInterval? {
      let values = own.map(value)
      return values.contains(nil) ? nil : MeanWithInterval(values.compactMap(\.self))
    }
    accuracy = mean { $0.accuracy.value }
    trainingAccuracy = mean { $0.trainingAccuracy.value }
    distance = mean(\.medianDistance)
    robustAccuracy = mean { $0.robust.value }
    advantage = mean(\.membership?.advantage)?.adding(ImageError(ofAdvantages: own))
    fromPlain = arm == .plain ? nil : Differences(arm, minus: .plain, among: networks)
    if case .epsilon(let epsilon) = arm {
      fromClipped = Differences(arm, minus: .clipped, among: networks)
      fromStopped = Differences(arm, minus: .stopped(epsilon), among: networks)
    }
  }
}

extension PrivacyResults: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(networkCount, "networkCount")
    let arms = summaries.map(\.arm)
    for arm in PrivacyArm.all(epsilons: epsilons) {
      try require(arms.contains(arm), "summaries", "has no summary of the networks \(arm.words)")
    }
  }
}
