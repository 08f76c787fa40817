import Datasets
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// How much do wrong labels cost, and does leaving out the images with the largest loss help? Networks trained on more and
/// more flipped labels, with and without trimming, judged by held-out images whose labels are right.
///
/// | file | content |
/// | --- | --- |
/// | `figures/error.png` | held-out error against the share of flipped labels |
/// | `figures/neurons.png` | the neurons that changed most, before and after |
/// | `labels.csv` | every network |
/// | `run.json` | configuration, environment, results |
///
/// Every share and repetition is a part of its own, so a stopped run goes on where it was.
public struct LabelPoisonExperiment: Sendable {
  public enum Pattern: Codable, Equatable, Sendable {
    case random
    /// Two classes, by name or number.
    case targeted(from: String, to: String)
  }

  /// How many images are dropped.
  public enum Trimming: Codable, Equatable, Hashable, Sendable {
    /// As many as were flipped, which the victim would have to know.
    case known
    /// As many as the first network gets wrong on its own training images.
    case estimated
    /// This share of them.
    case share(Double)
  }

  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var victim: VictimTraining
    public var pattern: Pattern
    /// Of flipped labels: of all images, or of those of one class; ascending, 0 among them.
    public var shares: [Double]
    /// Networks for each share.
    public var repetitions: Int
    public var trimmings: [Trimming]
    /// How often the worst are dropped and the rest is trained on.
    public var rounds: Int

    public init(
      data: DataSource, victim: VictimTraining, pattern: Pattern = .random,
      shares: [Double] = [0, 0.1, 0.2, 0.3, 0.4, 0.5], repetitions: Int = 5,
      trimmings: [Trimming] = [.known, .estimated], rounds: Int = 2
    ) {
      precondition(shares.allSatisfy { (0...1).contains($0) }, "shares lie in 0...1, got \(shares)")
      precondition(repetitions > 0 && rounds > 0, "there is a network to train")
      self.data = data
      self.victim = victim
      self.pattern = pattern
      self.shares = Set(shares + [0]).sorted()
      self.repetitions = repetitions
      self.trimmings = trimmings
      self.rounds = rounds
    }
  }

  /// What held-out images say of a network.
  public struct Judged: Codable, Equatable, Sendable {
    public var error: Proportion
    /// Of a targeted flip: images of the first class that are called the second.
    public var taken: Proportion?
  }

  public struct Trimmed: Codable, Equatable, Sendable {
    public var trimming: Trimming
    /// In the last round.
    public var droppedCount: Int
    /// Of these, wrongly labelled.
    public var droppedFlips: Int
    public var judged: Judged
  }

  /// One share in one repetition.
  public struct Outcome: Codable, Equatable, Sendable {
    public var share: Double
    public var repetition: Int
    public var trainingCount: Int
    public var flipCount: Int
    public var plain: Judged
    public var trimmed: [Trimmed]
  }

  public struct Results: Codable, Sendable {
    public var dataName: String
    public var victimName: String
    public var pattern: Pattern
    /// Of a targeted flip, the names of the two classes.
    public var pair: [String]?
    public var repetitions: Int
    public var trainingCount: Int
    public var heldOutCount: Int
    public var outcomes: [Outcome]
    public var changes: [NeuronChange]
    public var sentences: [String]
  }

  /// All that decides an outcome beside its share and repetition.
  private struct Settings: Codable, Equatable {
    var victim: VictimTraining
    var pattern: Pattern
    var trimmings: [Trimming]
    var rounds: Int
  }

  public let configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  /// - Throws: ``UnknownClass``, ``PoisonError``, and what loading, training and writing throw. Before the first file is
  ///   written data and architecture have been found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    try run(on: configuration.data.load(progress), in: folder, progress: progress)
  }

  package func run(on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler) throws
    -> Results
  {
    let names = dataset.heldOut.classNames
    let pattern = try flipPattern(names)
    let clean = configuration.victim.images(of: dataset)
    let graph = try configuration.victim.graph(for: clean)
    try check(pattern, clean)
    let record = RunRecord<Configuration, Results>(
      experiment: "poison labels", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, progress)
    let (folder, progress) = (run.folder, run.progress)
    let parts = try PoisonParts(
      of: run, dataChecksum: dataset.checksum, architecture: graph.architecture.json,
      settings: Settings(
        victim: configuration.victim, pattern: configuration.pattern, trimmings: configuration.trimmings,
        rounds: configuration.rounds))
    let conditions = (0..<configuration.repetitions).flatMap { repetition in
      configuration.shares.map { (share: $0, repetition: repetition) }
    }
    try progress(.stage("training on flipped labels: \(conditions.count) sets of \(clean.count) images"))
    let outcomes = try parts.values(
      of: conditions, unit: "sets", progress, named: { "share-\($0.share)-\($0.repetition)" }
    ) { condition, tell in
      try outcome(condition.share, condition.repetition, pattern, clean, dataset.heldOut, tell)
    }
    try progress(.stage("drawing"))
    let gallery = try gallery(pattern, clean, dataset.heldOut) {
      try progress(.step(done: conditions.count, total: conditions.count, unit: "sets"))
    }
    var results = Results(
      dataName: dataset.name, victimName: graph.architecture.name, pattern: configuration.pattern,
      pair: pattern.pair.map { [names[$0.from], names[$0.to]] },
      repetitions: configuration.repetitions, trainingCount: clean.count,
      heldOutCount: dataset.heldOut.count, outcomes: outcomes, changes: gallery.changes, sentences: [])
    results.sentences = LabelPoisonReport.sentences(results)
    try run.measured(results)
    try LabelPoisonReport(
      results: results,
      provenance: PoisonProvenance(
        command: "poison labels", data: DataRecord(dataset), seed: configuration.victim.training.seed,
        victim: results.victimName)
    ).write(gallery, dataset.heldOut, in: folder)
    try run.complete(with: results)
    return results
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

  /// Every share above 0 flips a label, and what is flipped is not all where as many are dropped.
  private func check(_ pattern: LabelFlips.Pattern, _ clean: LabelledImages) throws {
    let candidates = pattern.pair.map { pair in clean.labels.count { $0 == pair.from } } ?? clean.count
    for share in configuration.shares where share > 0 {
      let count = flips(share, 0, pattern, clean).images.count
      guard count > 0 else { throw PoisonError.shareTooSmall(share: share, count: candidates) }
      if count == clean.count, configuration.trimmings.contains(.known) {
        throw PoisonError.nothingLeft(share: share, count: count)
      }
    }
  }

  private func flips(
    _ share: Double, _ repetition: Int, _ pattern: LabelFlips.Pattern, _ clean: LabelledImages
  )
    -> LabelFlips
  {
    LabelFlips(
      of: clean.labels, classCount: clean.classNames.count, share: share, pattern: pattern,
      seed: configuration.victim.seed(repetition))
  }

  // MARK: One condition

  private func outcome(
    _ share: Double, _ repetition: Int, _ pattern: LabelFlips.Pattern, _ clean: LabelledImages,
    _ heldOut: LabelledImages, _ tell: @escaping @Sendable () throws -> Void
  ) throws -> Outcome {
    let flips = flips(share, repetition, pattern, clean)
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
      // There is one image to train on, however bad.
      let dropCount = min(wanted, given.count - 1)
      var last = first
      // Nothing dropped: the same images, so the same network.
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

  /// The neurons that changed most between the first repetition's network without flips and the one with most.
  private func gallery(
    _ pattern: LabelFlips.Pattern, _ clean: LabelledImages, _ heldOut: LabelledImages,
    _ tell: @escaping @Sendable () throws -> Void
  ) throws -> NeuronGallery {
    let networks = try [0, configuration.shares.last ?? 0].map { share in
      try configuration.victim.network(
        trainedOn: clean.relabelled(flips(share, 0, pattern, clean).labels), repetition: 0,
        workerCount: workerCount, onProgress: tell)
    }
    return try NeuronGallery(
      before: networks[0], after: networks[1], heldOut: heldOut, workerCount: workerCount)
  }
}

extension LabelFlips.Pattern {
  package var pair: (from: Int, to: Int)? {
    if case .targeted(let from, let to) = self { return (from, to) }
    return nil
  }
}

extension LabelPoisonExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    if let pair { try requireCount(pair.count, 2, "pair") }
  }
}
