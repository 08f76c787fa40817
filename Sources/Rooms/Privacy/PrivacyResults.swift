import Datasets
import Inference
import Lab
import Networks
import Privacy
import Tensors

/// The results of an experiment on privacy.
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
  /// The number of images attacked.
  public var imageCount: Int
  /// The ℓ2 budget of robust accuracy.
  public var radius: Double
  /// Every network, seed by seed, in the order of the kinds of training.
  public var networks: [PrivacyMeasurement]
  /// Every kind of training, over its networks.
  public var summaries: [PrivacySummary]
  /// The findings.
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
    sentences = PrivacyExhibits(results: self).sentences
  }

  package func summary(_ arm: PrivacyArm) -> PrivacySummary { summaries.first { $0.arm == arm }! }
}

/// One kind of training, over its networks: means with 95 % intervals.
///
/// The intervals are Student's over networks, with the images held fixed; those of the advantage and of differences in
/// robust accuracy include the sampling error of the images, which all networks share (``ImageError``).
public struct PrivacySummary: Codable, Equatable, Sendable {
  public var arm: PrivacyArm
  public var accuracy: MeanWithInterval?
  public var trainingAccuracy: MeanWithInterval?
  /// Mean of the networks' median ℓ2 distances; nil when one network has none.
  public var distance: MeanWithInterval?
  public var robustAccuracy: MeanWithInterval?
  /// nil when one network has no membership inference.
  public var advantage: MeanWithInterval?
  /// Differences from the non-private network of the same seed; for private networks also from the clipped network without
  /// noise and from the network stopped at the same accuracy.
  public var fromPlain: Differences?
  public var fromClipped: Differences?
  public var fromStopped: Differences?

  public struct Differences: Codable, Equatable, Sendable {
    public var accuracy: MeanWithInterval?
    public var distance: MeanWithInterval?
    public var robustAccuracy: MeanWithInterval?
    /// nil also for stopped networks: their members are other images, those that they were trained on.
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
        // Both are measured on the same images, so treating their errors as independent is conservative.
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
