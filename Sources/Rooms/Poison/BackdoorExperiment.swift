import Datasets
import Directions
import Figures
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// Measures how many training images with a trigger make a backdoor, and whether activation clustering finds them.
///
/// Networks are trained on images of which a share carries a trigger and the label of the target class. Held-out images
/// with the trigger give the attack's success rate, those without it the error.
///
/// | file | content |
/// | --- | --- |
/// | `figures/success.png` | success rate and error against the share of poisoned images |
/// | `figures/examples.png` | held-out images without and with the trigger, and their predictions by a poisoned network |
/// | `figures/neurons.png` | the neurons that respond most to the trigger, before and after |
/// | `backdoor.csv`, `clusters.csv` | every network; the clusters of every label |
/// | `parts/` | every network's outcome; the networks of the first repetition, as model files |
/// | `run.json` | configuration, environment, results |
///
/// Every share and repetition is a part of its own, so an interrupted run resumes with the next one.
public struct BackdoorExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    var victim: VictimTraining
    var trigger: Trigger.Kind
    /// The target class, by name or number.
    var target: String
    /// Shares of all training images; ascending, with 0.
    var shares: [Double]
    var repetitions: Int
    var clustering: ActivationClustering.Settings

    package init(
      data: DataSource, victim: VictimTraining, trigger: Trigger.Kind = .patch(side: 3), target: String = "0",
      shares: [Double], repetitions: Int, clustering: ActivationClustering.Settings = .init()
    ) {
      (self.data, self.victim, self.trigger, self.target) = (data, victim, trigger, target)
      self.shares = PoisonedShares.withControl(shares)
      (self.repetitions, self.clustering) = (repetitions, clustering)
    }
  }

  /// The evaluation of a network on held-out images.
  package struct Judged: Codable, Equatable, Sendable {
    /// Misclassified images among all held-out images, without a trigger.
    package var error: Proportion
    /// Images of other classes with the trigger that are predicted as the target class.
    package var success: Proportion
    /// The same images without the trigger that are predicted as the target class.
    var withoutTrigger: Proportion
  }

  /// The network of one share in one repetition.
  package struct Outcome: Codable, Equatable, Sendable {
    package var share: Double
    var repetition: Int
    var trainingCount: Int
    var poisonCount: Int
    package var judged: Judged
    var labels: [ActivationClustering.Label]
    var flaggedCount: Int
    /// The number of flagged images that are poisoned.
    var flaggedPoisons: Int
    /// The evaluation of the network retrained without the flagged images; nil if nothing was flagged.
    package var repaired: Judged?
  }

  public struct Results: Codable, Sendable {
    var dataName: String
    var victimName: String
    var trigger: Trigger.Kind
    /// The number of pixel values that the trigger changes, and of all.
    var changedPixels: [Int]
    var target: String
    var classNames: [String]
    var repetitions: Int
    var trainingCount: Int
    var heldOutCount: Int
    var clustering: ActivationClustering.Settings
    package var outcomes: [Outcome]
    var changes: [NeuronChange]
    package var sentences: [String]
  }

  /// Everything but share and repetition that decides an outcome.
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
    /// Which networks of the first repetition are shown depends on the given shares, on which a part must not depend: all
    /// of them are kept.
    var isKept: Bool { repetition == 0 }
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Whether the user gave the shares; otherwise those that the data are too few for are left out.
  private let areSharesGiven: Bool

  package init(_ configuration: Configuration, areSharesGiven: Bool = true, workerCount: Int) {
    self.configuration = configuration
    self.areSharesGiven = areSharesGiven
    self.workerCount = workerCount
  }

  public static let name = "poison backdoor"

  public struct Material: Sendable {
    let dataset: Dataset
    /// The training images before they are poisoned.
    let clean: LabelledImages
    let graph: Graph
    let trigger: Trigger
    /// The number of the target class.
    let target: Int
  }

  /// The networks of the first repetition without poison and with the largest share, as far as they are shown.
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
    var fitted = configuration
    if !areSharesGiven { fitted.fitShares(to: clean, target, &usual) }
    return Prepared(
      material: Material(
        dataset: dataset, clean: clean, graph: try configuration.victim.graph(for: clean),
        trigger: try fitted.checkedTrigger(for: clean, target: target), target: target),
      configuration: fitted, dataset: dataset, remarks: usual.remarks)
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
    try progress(
      .stage("training with a backdoor: \(conditions.count) training sets of \(clean.count) images"))
    let shown = [0, configuration.shares.last ?? 0].map { Condition(share: $0, repetition: 0) }
    let outcomes = try parts.values(
      of: conditions, unit: "training sets", progress, named: \.name,
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
    results.sentences = BackdoorExhibits.findings(results)
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
      provenance: Provenance(
        command: Self.name, data: DataRecord(material.dataset), network: results.victimName,
        seed: configuration.victim.training.seed), evidence: evidence, material: material
    ).exhibits
  }

  // MARK: One condition

  private func trained(
    on images: LabelledImages, _ repetition: Int, _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Network {
    try configuration.victim.network(
      trainedOn: images, repetition: repetition, workerCount: workerCount, onProgress: tell)
  }

  /// - Parameter parts: Keeps the trained network.
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

extension BackdoorExperiment.Configuration {
  /// Leaves out shares of less than one image, and those of more images than other classes have.
  fileprivate mutating func fitShares(to clean: LabelledImages, _ target: Int, _ usual: inout UsualSetting) {
    let largest = Backdoor.largestShare(of: clean.labels, target: target)
    var possible = shares.filter {
      $0 == 0 || $0 <= largest && PoisonedShares.isMeasurable($0, of: clean.count)
    }
    // At least one poisoned image, so that there is something to measure.
    if possible.allSatisfy({ $0 == 0 }), clean.count > 0, 1 / Double(clean.count) <= largest {
      possible.append(1 / Double(clean.count))
    }
    guard possible != shares else { return }
    func words(_ shares: [Double]) -> String { shares.map(Numbers.plain).joined(separator: ", ") }
    usual.note(
      "shares of poisoned images: \(words(possible)), not \(words(shares)) as is usual, because the others are less than one "
        + "of the \(clean.count) training images, or more than other classes have")
    shares = possible
  }

  /// The trigger.
  ///
  /// - Throws: ``PoisonError`` if it does not fit into the images, or a share cannot be poisoned.
  fileprivate func checkedTrigger(for clean: LabelledImages, target: Int) throws -> Trigger {
    if case .patch(let side) = trigger, side >= min(clean.shape.height, clean.shape.width) {
      throw PoisonError.patchTooLarge(side: side, shape: "\(clean.shape)")
    }
    let largest = Backdoor.largestShare(of: clean.labels, target: target)
    for share in shares where share > largest {
      throw PoisonError.shareTooLarge(share: share, largest: largest, target: clean.classNames[target])
    }
    try PoisonedShares.check(shares, of: clean.count)
    return Trigger(trigger, shape: clean.shape, seed: victim.training.seed)
  }
}
