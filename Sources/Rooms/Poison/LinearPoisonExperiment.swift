import Datasets
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// How much can one training point do to a linear classifier? Points are moved by the gradient of the validation loss
/// through the conditions of its minimum, beside points that only got a wrong label.
///
/// Biggio, Nelson, Laskov (2012), figures 3 and 4, for support vector machines <https://arxiv.org/abs/1206.6389>; here the
/// model is logistic regression with λ = 1, so the numbers stand beside theirs and do not reproduce them.
///
/// | file | content |
/// | --- | --- |
/// | `figures/error-1.png` … | held-out error against the number of points, one figure for each pair |
/// | `figures/points.png` | the first point of each pair before and after |
/// | `linear.csv` | every number of points in every repetition |
/// | `run.json` | configuration, environment, results |
///
/// Every pair and repetition is a part of its own, so a stopped run goes on where it was.
public struct LinearPoisonExperiment: Sendable {
  /// What the paper's text says of one point: error before and after.
  public static let printed = "2–5 % before and 15–20 % after one point, on MNIST with 100 training points"
  private static let printedPairs = [["7", "1"], ["9", "8"], ["4", "0"]]

  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    /// Attacking and attacked class of each, by name or number.
    public var pairs: [[String]]
    public var trainingCount: Int
    public var validationCount: Int
    public var pointCount: Int
    /// Of the ascent of each point.
    public var stepCount: Int
    /// Length of the first step, in pixels.
    public var stepSize: Double
    /// λ
    public var decay: Double
    public var repetitions: Int
    public var seed: UInt64

    public init(
      data: DataSource, pairs: [[String]] = [["7", "1"], ["9", "8"], ["4", "0"]], trainingCount: Int = 100,
      validationCount: Int = 500, pointCount: Int = 10, stepCount: Int = 40, stepSize: Double = 1,
      decay: Double = 1, repetitions: Int = 5, seed: UInt64 = 1
    ) {
      precondition(pairs.allSatisfy { $0.count == 2 } && !pairs.isEmpty, "a pair has two classes")
      precondition(
        trainingCount >= 2 && validationCount > 0 && pointCount > 0 && stepCount >= 0 && repetitions > 0,
        "counts must be positive")
      precondition(decay > 0 && stepSize > 0, "λ and steps are positive")
      self.data = data
      self.pairs = pairs
      self.trainingCount = trainingCount
      self.validationCount = validationCount
      self.pointCount = pointCount
      self.stepCount = stepCount
      self.stepSize = stepSize
      self.decay = decay
      self.repetitions = repetitions
      self.seed = seed
    }
  }

  /// After so many points, from none on; the lists of an outcome have one more entry than there are points.
  public struct Outcome: Codable, Equatable, Sendable {
    public var pair: Int
    public var repetition: Int
    /// Held-out error with points that were moved, and with the same points as they were.
    public var moved: [Proportion]
    public var flipped: [Proportion]
    /// Validation loss with points that were moved.
    public var losses: [Double]
    /// As many points of largest loss dropped as there are poisons, and the rest fitted again; nil where that leaves one
    /// class only.
    public var trimmed: [Proportion?]
    public var trimmedPoisons: [Int]
    /// As many dropped of the clean points: what the defence costs where nobody attacks.
    public var price: [Proportion?]
    /// The first point before and after.
    public var shown: [[Float]]
  }

  public struct Results: Codable, Sendable {
    public var dataName: String
    /// Names: attacking, attacked.
    public var pairs: [[String]]
    public var trainingCount: Int
    public var validationCount: Int
    public var repetitions: Int
    public var decay: Double
    public var outcomes: [Outcome]
    public var sentences: [String]

    /// The paper's numbers are of these data, these pairs and so many points.
    var standBesideThePaper: Bool {
      dataName == "mnist" && trainingCount == 100
        && pairs.allSatisfy(LinearPoisonExperiment.printedPairs.contains)
    }
  }

  /// All that decides an outcome beside its pair and repetition.
  private struct Settings: Codable, Equatable {
    var trainingCount: Int
    var validationCount: Int
    var pointCount: Int
    var stepCount: Int
    var stepSize: Double
    var decay: Double
    var seed: UInt64
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  /// Settings that were asked for.
  public let given: Set<Setting>

  /// A setting that gives way to what the data have where nobody gave it.
  public enum Setting: CaseIterable, Sendable { case pairs, trainingCount, validationCount, pointCount }

  public init(
    _ configuration: Configuration, given: Set<Setting> = Set(Setting.allCases), workerCount: Int
  ) {
    self.configuration = configuration
    self.given = given
    self.workerCount = workerCount
  }

  /// - Throws: ``UnknownClass``, ``PoisonError``, and what loading and writing throw. Before the first file is written the
  ///   data have been found to be enough.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    try run(on: configuration.data.load(progress), in: folder, progress: progress)
  }

  package func run(on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler) throws
    -> Results
  {
    var usual = UsualSetting()
    var fitted = self
    try fitted.fit(to: dataset.training, &usual)
    return try fitted.run(on: dataset, in: folder, remarks: usual.remarks, progress: progress)
  }

  /// Takes other classes and fewer images than is usual where the data do not have these.
  private mutating func fit(to training: LabelledImages, _ usual: inout UsualSetting) throws {
    let names = training.classNames
    let counts = training.countOfEachClass
    if !given.contains(.pairs),
      !configuration.pairs.allSatisfy({ $0.allSatisfy { (try? names.classNumber($0)) != nil } })
    {
      let possible = names.indices.filter { counts[$0] > 0 }
      guard possible.count > 1 else { throw OneClass(name: possible.first.map { names[$0] } ?? "") }
      let pairs = possible.indices.flatMap { first in
        possible[(first + 1)...].map { [names[possible[first]], names[$0]] }
      }.prefix(3)
      func words(_ pairs: [[String]]) -> String {
        pairs.map { $0.joined(separator: " and ") }.joined(separator: ", ")
      }
      usual.note(
        "pairs of classes: \(words(Array(pairs))), because the data do not have the usual "
          + words(configuration.pairs))
      configuration.pairs = Array(pairs)
    }
    // Half of the points and of the validation set are of each class, and the poison comes from behind them.
    let labels = try configuration.pairs.flatMap { try $0.map { try names.classNumber($0) } }
    let most = labels.map { counts[$0] }.min() ?? 0
    let reason =
      "class \(names[labels.min { counts[$0] < counts[$1] } ?? 0]) has no more than \(most) training images"
    usual.fit(
      &configuration.pointCount, atMost: max(1, most / 8), isGiven: given.contains(.pointCount),
      "poison points",
      because: reason)
    let room = 2 * (most - configuration.pointCount)
    usual.fit(
      &configuration.trainingCount, atMost: room / 3, isGiven: given.contains(.trainingCount),
      "training points", because: reason)
    usual.fit(
      &configuration.validationCount, atMost: room - configuration.trainingCount,
      isGiven: given.contains(.validationCount), "validation points", because: reason)
  }

  private func run(
    on dataset: Dataset, in folder: RunFolder, remarks: [String], progress: @escaping ProgressHandler
  ) throws -> Results {
    let names = dataset.heldOut.classNames
    let pairs = try configuration.pairs.map { pair in
      let labels = try pair.map { try names.classNumber($0) }
      guard labels[0] != labels[1] else {
        throw PoisonError.sameClass(name: names[labels[0]], options: "the classes of a pair")
      }
      return labels
    }
    try check(pairs, dataset.training)
    let record = RunRecord<Configuration, Results>(
      experiment: "poison linear", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, progress)
    let (folder, progress) = (run.folder, run.progress)
    let parts = try PoisonParts(
      of: run, dataChecksum: dataset.checksum, architecture: "",
      settings: Settings(
        trainingCount: configuration.trainingCount, validationCount: configuration.validationCount,
        pointCount: configuration.pointCount, stepCount: configuration.stepCount,
        stepSize: configuration.stepSize, decay: configuration.decay, seed: configuration.seed))
    let conditions = pairs.indices.flatMap { pair in
      (0..<configuration.repetitions).map { (pair: pair, repetition: $0) }
    }
    let total = conditions.count * configuration.pointCount
    try progress(.stage("moving points: \(conditions.count) models, \(configuration.pointCount) points each"))
    var outcomes: [Outcome] = []
    for (number, condition) in conditions.enumerated() {
      let classes = pairs[condition.pair]
      var outcome = try parts.value("pair-\(classes[0])-\(classes[1])-\(condition.repetition)") {
        try self.outcome(condition.repetition, classes, dataset) { point in
          try progress(
            .step(done: number * configuration.pointCount + point, total: total, unit: "points"))
        }
      }
      outcome.pair = condition.pair  // the part does not know its place among the pairs
      outcomes.append(outcome)
    }
    try progress(.stage("drawing"))
    var results = Results(
      dataName: dataset.name, pairs: pairs.map { $0.map { names[$0] } },
      trainingCount: configuration.trainingCount, validationCount: configuration.validationCount,
      repetitions: configuration.repetitions, decay: configuration.decay, outcomes: outcomes, sentences: [])
    results.sentences = LinearPoisonReport.sentences(results)
    try run.measured(results)
    try LinearPoisonReport(
      results: results, classNames: names, shape: dataset.heldOut.shape,
      provenance: PoisonProvenance(
        command: "poison linear", data: DataRecord(dataset), seed: configuration.seed,
        victim: "logistic regression")
    ).write(in: folder)
    try run.complete(with: results)
    return results
  }

  /// The points, their reserve and the validation set come from the training images, so that held-out ones are only judged.
  private func check(_ pairs: [[Int]], _ training: LabelledImages) throws {
    let counts = training.countOfEachClass
    // As many of one class as of the other, the odd one of the first; points come from behind them, of the second.
    let half = (configuration.trainingCount + configuration.validationCount + 1) / 2
    for pair in pairs {
      for (label, needed) in zip(pair, [half, half + configuration.pointCount]) where counts[label] < needed {
        throw PoisonError.tooFewImages(
          className: training.classNames[label], needed: needed, found: counts[label])
      }
    }
  }

  // MARK: One pair in one repetition

  private func outcome(
    _ repetition: Int, _ pair: [Int], _ dataset: Dataset, _ tell: (Int) throws -> Void
  ) throws -> Outcome {
    let images = dataset.training
    var generator = SeededGenerator(
      seed: configuration.seed &+ UInt64(repetition), purpose: "points of a linear classifier",
      index: pair[0] * 1024 + pair[1])
    let drawn = pair.map { label -> [Int] in
      let own = images.labels.indices.filter { images.labels[$0] == label }
      return generator.permutation(own.count).map { own[$0] }
    }
    /// As many of one class as of the other, the odd one of the first.
    func taken(_ range: Range<Int>) -> [Int] {
      range.map { drawn[$0 % 2][$0 / 2] }
    }
    let trainingCount = configuration.trainingCount
    let used = trainingCount + configuration.validationCount
    let clean = LinearPoisoning(
      training: examples(images, taken(0..<trainingCount), pair),
      validation: examples(images, taken(trainingCount..<used), pair), decay: configuration.decay)
    let judged = examples(
      dataset.heldOut, dataset.heldOut.labels.indices.filter { pair.contains(dataset.heldOut.labels[$0]) },
      pair)
    // Images of the attacked class with the attacking class as their label.
    let starts = drawn[1][((used + 1) / 2)...].prefix(configuration.pointCount)
    func error(_ model: RegularizedLogisticRegression) -> Proportion {
      Proportion(model.errorCount(on: judged), of: judged.count)
    }
    let fit = clean.fitted()
    var moved = clean
    var flipped = clean
    var outcome = Outcome(
      pair: 0, repetition: repetition, moved: [error(fit.model)], flipped: [error(fit.model)],
      losses: [fit.loss], trimmed: [error(fit.model)], trimmedPoisons: [0], price: [error(fit.model)],
      shown: [])
    /// After dropping the points of largest loss.
    func trimmed(_ points: LinearPoisoning.Examples, _ model: RegularizedLogisticRegression, _ count: Int)
      -> (
        error: Proportion?, kept: [Int]
      )
    {
      let kept = LossTrimming.kept(losses: model.losses(on: points), dropping: min(count, points.count))
      let rest = points.selecting(kept)
      guard rest.signs.contains(1), rest.signs.contains(-1) else { return (nil, kept) }
      return (error(.fitted(to: rest, decay: configuration.decay)), kept)
    }
    for (place, start) in starts.enumerated() {
      let row = images.tensor(of: [start]).elements.map(Double.init)
      flipped = flipped.adding(row, sign: 1)
      let climb = try moved.adding(row, sign: 1).climbed(
        stepCount: configuration.stepCount, stepSize: configuration.stepSize, onStep: { _ in try tell(place) }
      )
      moved = moved.adding(climb.row, sign: 1)
      outcome.moved.append(error(climb.model))
      outcome.flipped.append(error(flipped.fitted().model))
      outcome.losses.append(climb.losses.last ?? fit.loss)
      let (after, kept) = trimmed(moved.training, climb.model, place + 1)
      outcome.trimmed.append(after)
      outcome.trimmedPoisons.append(place + 1 - kept.count { $0 >= trainingCount })
      outcome.price.append(trimmed(clean.training, fit.model, place + 1).error)
      if place == 0 { outcome.shown = [row, climb.row].map { $0.map(Float.init) } }
    }
    return outcome
  }

  /// The first class of the pair is 1, the second −1.
  private func examples(_ images: LabelledImages, _ numbers: [Int], _ pair: [Int]) -> LinearPoisoning.Examples
  {
    LinearPoisoning.Examples(
      images.tensor(of: numbers), signs: numbers.map { images.labels[$0] == pair[0] ? 1 : -1 })
  }
}

extension LinearPoisonExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    for pair in pairs { try requireCount(pair.count, 2, "pairs") }
  }
}
