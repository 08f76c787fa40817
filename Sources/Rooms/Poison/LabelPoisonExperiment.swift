import Datasets
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// Measures how much flipped labels raise the error, and whether trimming the largest losses lowers it again.
///
/// Networks are trained on growing shares of flipped labels, with and without trimming, and evaluated on held-out images
/// with correct labels.
///
/// | file | content |
/// | --- | --- |
/// | `figures/error.png` | held-out error against the share of flipped labels |
/// | `figures/taken.png` | images of the first class predicted as the second, if labels of one class are flipped to another |
/// | `figures/neurons.png` | the neurons that changed most, before and after |
/// | `labels.csv` | every network |
/// | `run.json` | configuration, environment, results |
///
/// Every share and repetition is a part of its own, so an interrupted run resumes with the next one.
public struct LabelPoisonExperiment: Experiment {
  package enum Pattern: Codable, Equatable, Sendable {
    case random
    /// Two classes, by name or number.
    case targeted(from: String, to: String)
  }

  /// The number of images that are dropped.
  package enum Trimming: Codable, Equatable, Hashable, Sendable {
    /// The number of flipped labels, which a real victim does not know.
    case known
    /// The number of training images that the first network misclassifies.
    case estimated
    /// A share of the training images.
    case share(Double)
  }

  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    var victim: VictimTraining
    var pattern: Pattern
    /// Shares of flipped labels, of all images or of those of one class; ascending, with 0.
    var shares: [Double]
    /// The number of networks for each share.
    var repetitions: Int
    var trimmings: [Trimming]
    /// The number of times that images are dropped and the network is retrained.
    var rounds: Int

    package init(
      data: DataSource, victim: VictimTraining, pattern: Pattern = .random, shares: [Double],
      repetitions: Int, trimmings: [Trimming], rounds: Int = 2
    ) {
      (self.data, self.victim, self.pattern) = (data, victim, pattern)
      self.shares = PoisonedShares.withControl(shares)
      (self.repetitions, self.trimmings, self.rounds) = (repetitions, trimmings, rounds)
    }
  }

  /// The evaluation of a network on held-out images.
  package struct Judged: Codable, Equatable, Sendable {
    package var error: Proportion
    /// Images of the first class of a targeted flip that are predicted as the second; nil for random flips.
    package var taken: Proportion?
  }

  package struct Trimmed: Codable, Equatable, Sendable {
    var trimming: Trimming
    /// The number of images dropped in the last round.
    var droppedCount: Int
    /// The number of dropped images with a flipped label.
    var droppedFlips: Int
    package var judged: Judged
  }

  /// The networks of one share in one repetition.
  package struct Outcome: Codable, Equatable, Sendable {
    package var share: Double
    var repetition: Int
    var trainingCount: Int
    var flipCount: Int
    package var plain: Judged
    package var trimmed: [Trimmed]
  }

  public struct Results: Codable, Sendable {
    var dataName: String
    var victimName: String
    var pattern: Pattern
    /// The names of the two classes of a targeted flip.
    var pair: [String]?
    var repetitions: Int
    var trainingCount: Int
    var heldOutCount: Int
    package var outcomes: [Outcome]
    var changes: [NeuronChange]
    package var sentences: [String]
  }

  /// Everything but share and repetition that decides an outcome.
  private struct Settings: Codable, Equatable {
    var victim: VictimTraining
    var pattern: Pattern
    var trimmings: [Trimming]
    var rounds: Int
  }

  public static let name = "poison labels"

  public let configuration: Configuration
  public let workerCount: Int

  package init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  public struct Material: Sendable {
    let dataset: Dataset
    /// The training images with correct labels.
    let clean: LabelledImages
    let graph: Graph
    let pattern: LabelFlips.Pattern
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.data.load(progress)
  }

  /// - Throws: ``UnknownClass``, ``PoisonError``, and what the architecture throws.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<LabelPoisonExperiment> {
    let pattern = try flipPattern(dataset.heldOut.classNames)
    let clean = configuration.victim.images(of: dataset)
    let graph = try configuration.victim.graph(for: clean)
    try check(pattern, clean)
    return Prepared(
      material: Material(dataset: dataset, clean: clean, graph: graph, pattern: pattern),
      configuration: configuration, dataset: dataset)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: NeuronGallery) {
    let (dataset, clean, progress) = (material.dataset, material.clean, run.progress)
    let parts = try PoisonParts(
      of: run, dataChecksum: dataset.checksum, architecture: material.graph.architecture.json,
      settings: Settings(
        victim: configuration.victim, pattern: configuration.pattern, trimmings: configuration.trimmings,
        rounds: configuration.rounds))
    let conditions = (0..<configuration.repetitions).flatMap { repetition in
      configuration.shares.map { (share: $0, repetition: repetition) }
    }
    try progress(
      .stage("training on flipped labels: \(conditions.count) training sets of \(clean.count) images"))
    let outcomes = try parts.values(
      of: conditions, unit: "training sets", progress, named: { "share-\($0.share)-\($0.repetition)" }
    ) { condition, tell in
      try outcome(condition.share, condition.repetition, material, tell)
    }
    try progress(.stage("comparing neurons with and without flipped labels"))
    let gallery = try gallery(material) {
      try progress(.step(done: conditions.count, total: conditions.count, unit: "training sets"))
    }
    let names = dataset.heldOut.classNames
    var results = Results(
      dataName: dataset.name, victimName: material.graph.architecture.name, pattern: configuration.pattern,
      pair: material.pattern.pair.map { [names[$0.from], names[$0.to]] },
      repetitions: configuration.repetitions, trainingCount: clean.count,
      heldOutCount: dataset.heldOut.count, outcomes: outcomes, changes: gallery.changes, sentences: [])
    results.sentences = LabelPoisonExhibits.findings(results)
    return (results, gallery)
  }

  public func exhibits(
    _ results: Results, _ gallery: NeuronGallery, _ material: Material
  ) throws -> Exhibits {
    LabelPoisonExhibits(
      results: results,
      provenance: Provenance(
        command: Self.name, data: DataRecord(material.dataset), network: results.victimName,
        seed: configuration.victim.training.seed), gallery: gallery
    ).exhibits
  }

  private func flipPattern(_ names: [String]) throws -> LabelFlips.Pattern {
    switch configuration.pattern {
    case .random: return .random
    case .targeted(let from, let to):
      let (from, to) = (try names.classNumber(from), try names.classNumber(to))
      guard from != to else { throw PoisonError.sameClass(name: names[to], options: "--from and --to") }
      return .targeted(from: from, to: to)
    }
  }

  /// Every share above 0 flips a label, and not all labels are flipped if as many images are dropped.
  private func check(_ pattern: LabelFlips.Pattern, _ clean: LabelledImages) throws {
    let candidates = pattern.pair.map { pair in clean.labels.count { $0 == pair.from } } ?? clean.count
    try PoisonedShares.check(configuration.shares, of: candidates)
    guard configuration.trimmings.contains(.known) else { return }
    for share in configuration.shares
    where share > 0 && LabelFlips.count(share, of: candidates) == clean.count {
      throw PoisonError.nothingLeft(share: share, count: clean.count)
    }
  }

  // MARK: One condition

  private func flips(_ share: Double, _ repetition: Int, _ material: Material) -> LabelFlips {
    LabelFlips(
      of: material.clean.labels, classCount: material.clean.classNames.count, share: share,
      pattern: material.pattern, seed: configuration.victim.seed(repetition))
  }

  private func outcome(
    _ share: Double, _ repetition: Int, _ material: Material,
    _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Outcome {
    let (clean, pattern, heldOut) = (material.clean, material.pattern, material.dataset.heldOut)
    let flips = flips(share, repetition, material)
    let given = clean.relabelled(flips.labels)
    let wrong = Set(flips.images)
    func trained(_ images: LabelledImages) throws -> Engine {
      try Engine(
        running: configuration.victim.network(
          trainedOn: images, repetition: repetition, workerCount: workerCount, onProgress: tell),
        workerCount: workerCount)
    }
    func losses(_ engine: Engine) throws -> [Double] {
      let logits = try engine.logits(of: given)
      return (0..<given.count).map {
        configuration.victim.training.loss.loss(
          logits: Array(logits[row: $0]).span, label: given.labels[$0])
      }
    }
    let first = try trained(given)
    let firstLosses = try losses(first)
    let firstErrors = zip(Prediction.rows(of: try first.logits(of: given)), given.labels).count {
      $0.label != $1
    }
    let trimmed = try configuration.trimmings.map { trimming -> Trimmed in
      let wanted =
        switch trimming {
        case .known: flips.images.count
        case .estimated: firstErrors
        case .share(let share): Int((share * Double(given.count)).rounded())
        }
      // One image is left to train on.
      let dropCount = min(wanted, given.count - 1)
      var last = first
      // If nothing is dropped, retraining would give the same network.
      let kept =
        dropCount == 0
        ? [Array(0..<given.count)]
        : try LossTrimming.iterated(
          count: given.count, rounds: configuration.rounds, dropping: { _ in dropCount }
        ) { images in
          guard images.count < given.count else { return firstLosses }
          last = try trained(given.selecting(images))
          return try losses(last)
        }
      let dropped = Set(0..<given.count).subtracting(kept.last ?? [])
      return Trimmed(
        trimming: trimming, droppedCount: dropped.count, droppedFlips: dropped.intersection(wrong).count,
        judged: try judged(last, pattern, heldOut))
    }
    return Outcome(
      share: share, repetition: repetition, trainingCount: given.count, flipCount: flips.images.count,
      plain: try judged(first, pattern, heldOut), trimmed: trimmed)
  }

  private func judged(_ engine: Engine, _ pattern: LabelFlips.Pattern, _ heldOut: LabelledImages) throws
    -> Judged
  {
    let said = Prediction.rows(of: try engine.logits(of: heldOut)).map(\.label)
    let wrong = zip(said, heldOut.labels).count { $0 != $1 }
    let taken = pattern.pair.map { pair in
      let own = heldOut.labels.indices.filter { heldOut.labels[$0] == pair.from }
      return Proportion(own.count { said[$0] == pair.to }, of: own.count)
    }
    return Judged(error: Proportion(wrong, of: heldOut.count), taken: taken)
  }

  /// The neurons that changed most between the first repetition's networks without flips and with the largest share.
  private func gallery(
    _ material: Material, _ tell: @escaping @Sendable () throws -> Void
  ) throws -> NeuronGallery {
    let networks = try [0, configuration.shares.last ?? 0].map { share in
      try configuration.victim.network(
        trainedOn: material.clean.relabelled(flips(share, 0, material).labels), repetition: 0,
        workerCount: workerCount, onProgress: tell)
    }
    return try NeuronGallery(
      before: networks[0], after: networks[1], heldOut: material.dataset.heldOut, workerCount: workerCount)
  }
}

extension LabelFlips.Pattern {
  fileprivate var pair: (from: Int, to: Int)? {
    if case .targeted(let from, let to) = self { return (from, to) }
    return nil
  }
}

extension LabelPoisonExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    if let pair { try requireCount(pair.count, 2, "pair") }
  }
}
