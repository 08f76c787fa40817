import Datasets
import Directions
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// How few marked training images are enough for a backdoor, and does clustering of activations find them? Networks are
/// trained on images of which a share carries a trigger and the attacker's label; held-out images with the trigger say
/// whether it works, those without it that nobody would notice.
///
/// | file | content |
/// | --- | --- |
/// | `figures/success.png` | success and clean error against the share of poisoned images |
/// | `figures/examples.png` | held-out images without and with the trigger, and what a poisoned network says |
/// | `figures/neurons.png` | the neurons that answer most to the trigger, before and after |
/// | `backdoor.csv`, `clusters.csv` | every network; every label's clusters |
/// | `parts/` | every network's outcome; the networks of the first repetition, as model files |
/// | `run.json` | configuration, environment, results |
///
/// Every share and repetition is a part of its own, so a stopped run goes on where it was.
public struct BackdoorExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var victim: VictimTraining
    public var trigger: Trigger.Kind
    /// By name or number.
    public var target: String
    /// Of all training images; ascending, 0 among them.
    public var shares: [Double]
    public var repetitions: Int
    public var clustering: ActivationClustering.Settings

    public init(
      data: DataSource, victim: VictimTraining, trigger: Trigger.Kind = .patch(side: 3), target: String = "0",
      shares: [Double] = [0, 0.001, 0.003, 0.01, 0.03, 0.1], repetitions: Int = 5,
      clustering: ActivationClustering.Settings = .init()
    ) {
      precondition(shares.allSatisfy { (0...1).contains($0) }, "shares lie in 0...1, got \(shares)")
      precondition(repetitions > 0, "there is a network to train")
      self.data = data
      self.victim = victim
      self.trigger = trigger
      self.target = target
      self.shares = Set(shares + [0]).sorted()
      self.repetitions = repetitions
      self.clustering = clustering
    }
  }

  /// What held-out images say of a network.
  public struct Judged: Codable, Equatable, Sendable {
    /// Of all held-out images, none with a trigger.
    public var error: Proportion
    /// Of those that are not of the target class, with the trigger: called the target.
    public var success: Proportion
    /// The same images without the trigger.
    public var withoutTrigger: Proportion
  }

  /// One share in one repetition.
  public struct Outcome: Codable, Equatable, Sendable {
    public var share: Double
    public var repetition: Int
    public var trainingCount: Int
    public var poisonCount: Int
    public var judged: Judged
    public var labels: [ActivationClustering.Label]
    public var flaggedCount: Int
    /// Of these, poisoned.
    public var flaggedPoisons: Int
    /// The network trained without what was flagged; nil where nothing was.
    public var repaired: Judged?
  }

  public struct Results: Codable, Sendable {
    public var dataName: String
    public var victimName: String
    public var trigger: Trigger.Kind
    /// Pixels that the trigger changes, of how many.
    public var changedPixels: [Int]
    public var target: String
    public var classNames: [String]
    public var repetitions: Int
    public var trainingCount: Int
    public var heldOutCount: Int
    public var clustering: ActivationClustering.Settings
    public var outcomes: [Outcome]
    public var changes: [NeuronChange]
    public var sentences: [String]
  }

  /// All that decides an outcome beside its share and repetition.
  private struct Settings: Codable, Equatable {
    var victim: VictimTraining
    var trigger: Trigger.Kind
    var target: String
    var clustering: ActivationClustering.Settings
  }

  private struct Condition {
    var share: Double
    var repetition: Int

    var name: String { "share-\(share)-\(repetition)" }
    var modelName: String { "\(name).safetensors" }
    /// Which of the first repetition are shown depends on the shares asked for, and a part must not.
    var isKept: Bool { repetition == 0 }
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  /// Whether somebody asked for the shares; else those stay out that the data are too few for.
  public let areSharesGiven: Bool

  public init(_ configuration: Configuration, areSharesGiven: Bool = true, workerCount: Int) {
    self.configuration = configuration
    self.areSharesGiven = areSharesGiven
    self.workerCount = workerCount
  }

  public static let name = "poison backdoor"

  public struct Material: Sendable {
    package let dataset: Dataset
    package let clean: LabelledImages
    let graph: Graph
    package let trigger: Trigger
    /// The number of the attacker's class.
    package let target: Int
  }

  /// What is shown of the networks of the first repetition, trained on clean images and with the largest share.
  public struct Evidence {
    let gallery: NeuronGallery
    let poisoned: Engine
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.data.load(progress)
  }

  /// - Throws: ``UnknownClass``, ``PoisonError``, and what the architecture throws.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<BackdoorExperiment> {
    let target = try dataset.heldOut.classNames.classNumber(configuration.target)
    let clean = configuration.victim.images(of: dataset)
    var usual = UsualSetting()
    var fitted = self
    if !areSharesGiven { fitted.fitShares(to: clean, target, &usual) }
    return Prepared(
      material: Material(
        dataset: dataset, clean: clean, graph: try configuration.victim.graph(for: clean),
        trigger: try fitted.trigger(for: clean, target: target), target: target),
      configuration: fitted.configuration, dataset: dataset, remarks: usual.remarks)
  }

  /// Leaves out shares of less than one image, and those of more than there are of other classes.
  private mutating func fitShares(to clean: LabelledImages, _ target: Int, _ usual: inout UsualSetting) {
    let largest = Backdoor.largestShare(of: clean.labels, target: target)
    var possible = configuration.shares.filter {
      $0 == 0 || $0 <= largest && ($0 * Double(clean.count)).rounded() > 0
    }
    // One image at least, so that there is something to be seen.
    if possible.allSatisfy({ $0 == 0 }), clean.count > 0, 1 / Double(clean.count) <= largest {
      possible.append(1 / Double(clean.count))
    }
    guard possible != configuration.shares else { return }
    func words(_ shares: [Double]) -> String {
      shares.map { $0 == 0 ? "0" : $0.description }.joined(separator: ", ")
    }
    usual.note(
      "shares of poisoned images: \(words(possible)), not \(words(configuration.shares)) as is usual, because of "
        + "\(clean.count) training images the others are less than one, or more than there are of other classes"
    )
    configuration.shares = possible
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Evidence) {
    let (dataset, clean, progress) = (material.dataset, material.clean, run.progress)
    let configuration = run.configuration
    let parts = try PoisonParts(
      of: run, dataChecksum: dataset.checksum, architecture: material.graph.architecture.json,
      settings: Settings(
        victim: configuration.victim, trigger: configuration.trigger, target: configuration.target,
        clustering: configuration.clustering))
    let conditions = (0..<configuration.repetitions).flatMap { repetition in
      configuration.shares.map { Condition(share: $0, repetition: repetition) }
    }
    try progress(.stage("training with a backdoor: \(conditions.count) sets of \(clean.count) images"))
    let shown = [0, configuration.shares.last ?? 0].map { Condition(share: $0, repetition: 0) }
    let outcomes = try parts.values(
      of: conditions, unit: "sets", progress, named: \.name,
      files: { $0.isKept ? [$0.modelName] : [] }
    ) { try outcome($0, material, parts, $1) }
    let networks = try shown.map { try parts.model($0.modelName).network }
    let gallery = try NeuronGallery(
      before: networks[0], after: networks[1], heldOut: dataset.heldOut, trigger: material.trigger,
      target: material.target, seed: configuration.victim.training.seed, workerCount: workerCount)
    let names = dataset.heldOut.classNames
    var results = Results(
      dataName: dataset.name, victimName: material.graph.architecture.name, trigger: configuration.trigger,
      changedPixels: [material.trigger.changedCount, material.trigger.shape.pixelCount],
      target: names[material.target], classNames: names, repetitions: configuration.repetitions,
      trainingCount: clean.count, heldOutCount: dataset.heldOut.count, clustering: configuration.clustering,
      outcomes: outcomes, changes: gallery.changes, sentences: [])
    results.sentences = BackdoorExhibits.sentences(results)
    return (
      results,
      Evidence(gallery: gallery, poisoned: try Engine(running: networks[1], workerCount: workerCount))
    )
  }

  public func exhibits(
    _ results: Results, _ evidence: Evidence, _ material: Material
  ) throws -> Exhibits {
    BackdoorExhibits(
      results: results,
      provenance: PoisonProvenance(
        command: Self.name, data: DataRecord(material.dataset), seed: configuration.victim.training.seed,
        victim: results.victimName), evidence: evidence, material: material
    ).exhibits
  }

  private func trigger(for clean: LabelledImages, target: Int) throws -> Trigger {
    if case .patch(let side) = configuration.trigger,
      side >= min(clean.shape.height, clean.shape.width)
    {
      throw PoisonError.patchTooLarge(side: side, shape: "\(clean.shape)")
    }
    let largest = Backdoor.largestShare(of: clean.labels, target: target)
    for share in configuration.shares where share > largest {
      throw PoisonError.shareTooLarge(share: share, largest: largest, target: clean.classNames[target])
    }
    for share in configuration.shares where share > 0 {
      guard (share * Double(clean.count)).rounded() > 0 else {
        throw PoisonError.shareTooSmall(share: share, count: clean.count)
      }
    }
    return Trigger(configuration.trigger, shape: clean.shape, seed: configuration.victim.training.seed)
  }

  // MARK: One condition

  private func trained(
    on images: LabelledImages, _ repetition: Int, _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Network {
    try configuration.victim.network(
      trainedOn: images, repetition: repetition, workerCount: workerCount, onProgress: tell)
  }

  /// - Parameter parts: Where the trained network is kept.
  private func outcome(
    _ condition: Condition, _ material: Material, _ parts: PoisonParts<Settings>,
    _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Outcome {
    let repetition = condition.repetition
    let backdoor = Backdoor(
      of: material.clean.labels, target: material.target, share: condition.share,
      seed: configuration.victim.seed(repetition))
    let given = backdoor.poisoned(material.clean, with: material.trigger)
    let network = try trained(on: given, repetition, tell)
    if condition.isKept {
      try parts.keep(
        Model(network: network, classNames: given.classNames), as: condition.modelName)
    }
    let engine = try Engine(running: network, workerCount: workerCount)
    let judged = try judged(engine, material)
    try tell()
    let layer = network.graph.featureLayer
    let features = try FeatureMatrix(
      values: engine.features(of: given, layer: layer), labels: given.classLabels,
      layer: layer.map { network.graph.nodes[$0].name } ?? "pixels")
    let clusters = ActivationClustering(
      of: features, settings: configuration.clustering, seed: configuration.victim.seed(repetition),
      workerCount: workerCount)
    let flagged = Set(clusters.flagged)
    let rest = given.labels.indices.filter { !flagged.contains($0) }
    let repaired =
      flagged.isEmpty || rest.isEmpty
      ? nil
      : try self.judged(
        Engine(running: trained(on: given.selecting(rest), repetition, tell), workerCount: workerCount),
        material)
    return Outcome(
      share: condition.share, repetition: repetition, trainingCount: given.count,
      poisonCount: backdoor.images.count, judged: judged, labels: clusters.labels,
      flaggedCount: flagged.count,
      flaggedPoisons: flagged.intersection(backdoor.images).count, repaired: repaired)
  }

  private func judged(_ engine: Engine, _ material: Material) throws -> Judged {
    let (heldOut, target) = (material.dataset.heldOut, material.target)
    let others = heldOut.labels.indices.filter { heldOut.labels[$0] != target }
    let clean = Prediction.rows(of: try engine.logits(of: heldOut)).map(\.label)
    let marked = Prediction.rows(
      of: try engine.logits(of: material.trigger.applied(to: heldOut, rows: others).selecting(others)))
    return Judged(
      error: Proportion(zip(clean, heldOut.labels).count { $0 != $1 }, of: heldOut.count),
      success: Proportion(marked.count { $0.label == target }, of: others.count),
      withoutTrigger: Proportion(others.count { clean[$0] == target }, of: others.count))
  }
}
