import Datasets
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// Measures how much optimised training points raise the error of a linear classifier.
///
/// Points follow the gradient of the validation loss through the optimality conditions of the training; the control is the
/// same points with only their label flipped.
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
/// Every pair and repetition is a part of its own, so an interrupted run resumes with the next one.
public struct LinearPoisonExperiment: Experiment {
  /// The paper's errors before and after one point, from its text.
  static let printed = "2–5 % before and 15–20 % after one point, on MNIST with 100 training points"
  static let printedPairs = [["7", "1"], ["9", "8"], ["4", "0"]]

  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    /// The attacking and the attacked class of each pair, by name or number.
    var pairs: [[String]]
    var trainingCount: Int
    var validationCount: Int
    var pointCount: Int
    /// The number of gradient steps of each point.
    var stepCount: Int
    /// The ℓ2 length of the first step.
    var stepSize: Double
    /// λ
    var decay: Double
    var repetitions: Int
    var seed: UInt64

    package init(
      data: DataSource, pairs: [[String]], trainingCount: Int, validationCount: Int, pointCount: Int,
      stepCount: Int = 40, stepSize: Double = 1, decay: Double = 1, repetitions: Int, seed: UInt64 = 1
    ) {
      (self.data, self.pairs, self.trainingCount) = (data, pairs, trainingCount)
      (self.validationCount, self.pointCount, self.stepCount) = (validationCount, pointCount, stepCount)
      (self.stepSize, self.decay, self.repetitions, self.seed) = (stepSize, decay, repetitions, seed)
    }
  }

  /// One draw of one pair. Lists have an entry for each number of points, from 0 on.
  package struct Outcome: Codable, Equatable, Sendable {
    package var pair: Int
    var repetition: Int
    /// Held-out errors with optimised points, and with the same points before their optimisation.
    package var moved: [Proportion]
    package var flipped: [Proportion]
    /// Validation losses with optimised points.
    var losses: [Double]
    /// Held-out errors after the defence, which drops as many points of largest loss as there are poisons and fits the rest
    /// again; nil if only one class remains.
    package var trimmed: [Proportion?]
    var trimmedPoisons: [Int]
    /// The same errors if as many of the clean points are dropped: the cost of the defence.
    var price: [Proportion?]
    /// The first point before and after.
    var shown: [[Float]]
  }

  public struct Results: Codable, Sendable {
    var dataName: String
    /// The names of the attacking and the attacked class of each pair.
    package var pairs: [[String]]
    var trainingCount: Int
    var validationCount: Int
    var repetitions: Int
    var decay: Double
    package var outcomes: [Outcome]
    package var sentences: [String]

    /// Whether data, pairs and number of training points are those of the paper's numbers.
    var standBesideThePaper: Bool {
      dataName == "mnist" && trainingCount == 100
        && pairs.allSatisfy(LinearPoisonExperiment.printedPairs.contains)
    }
  }

  /// Everything but pair and repetition that decides an outcome.
  private struct Settings: Codable, Equatable {
    var trainingCount: Int
    var validationCount: Int
    var pointCount: Int
    var stepCount: Int
    var stepSize: Double
    var decay: Double
    var seed: UInt64
  }

  public static let name = "poison linear"

  public let configuration: Configuration
  public let workerCount: Int
  /// The settings that the user gave.
  private let given: Set<Setting>

  /// A setting that is reduced to what the data have, unless the user gave it.
  package enum Setting: CaseIterable, Sendable { case pairs, trainingCount, validationCount, pointCount }

  package init(
    _ configuration: Configuration, given: Set<Setting> = Set(Setting.allCases), workerCount: Int
  ) {
    self.configuration = configuration
    self.given = given
    self.workerCount = workerCount
  }

  public struct Material: Sendable {
    let dataset: Dataset
    /// The numbers of the classes of each pair.
    let pairs: [[Int]]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.data.load(progress)
  }

  /// - Throws: ``UnknownClass``, ``PoisonError``, ``OneClass``.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<LinearPoisonExperiment> {
    var usual = UsualSetting()
    var fitted = configuration
    try fitted.fit(to: dataset.training, given: given, &usual)
    let pairs = try fitted.checkedPairs(dataset)
    return Prepared(
      material: Material(dataset: dataset, pairs: pairs), configuration: fitted, dataset: dataset,
      remarks: usual.remarks)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Void) {
    let (configuration, progress, pairs) = (run.configuration, run.progress, material.pairs)
    let parts = try PoisonParts(
      of: run, dataChecksum: material.dataset.checksum, architecture: "",
      settings: Settings(
        trainingCount: configuration.trainingCount, validationCount: configuration.validationCount,
        pointCount: configuration.pointCount, stepCount: configuration.stepCount,
        stepSize: configuration.stepSize, decay: configuration.decay, seed: configuration.seed))
    let conditions = pairs.indices.flatMap { pair in
      (0..<configuration.repetitions).map { (pair: pair, repetition: $0) }
    }
    let total = conditions.count * configuration.pointCount
    try progress(
      .stage("optimising poison points: \(configuration.pointCount) for each of \(conditions.count) models"))
    var outcomes: [Outcome] = []
    for (number, condition) in conditions.enumerated() {
      let classes = pairs[condition.pair]
      var outcome = try parts.value("pair-\(classes[0])-\(classes[1])-\(condition.repetition)") {
        try LinearPoisonDraw(configuration, condition.repetition, pair: classes, of: material.dataset).outcome
        {
          try progress(.step(done: number * configuration.pointCount + $0, total: total, unit: "points"))
        }
      }
      outcome.pair = condition.pair  // the part does not know its place among the pairs
      outcomes.append(outcome)
    }
    let names = material.dataset.heldOut.classNames
    var results = Results(
      dataName: material.dataset.name, pairs: pairs.map { $0.map { names[$0] } },
      trainingCount: configuration.trainingCount, validationCount: configuration.validationCount,
      repetitions: configuration.repetitions, decay: configuration.decay, outcomes: outcomes, sentences: [])
    results.sentences = LinearPoisonExhibits.findings(results)
    return (results, ())
  }

  public func exhibits(_ results: Results, _: Void, _ material: Material) throws -> Exhibits {
    let heldOut = material.dataset.heldOut
    return LinearPoisonExhibits(
      results: results, classNames: heldOut.classNames, shape: heldOut.shape,
      provenance: Provenance(
        command: Self.name, data: DataRecord(material.dataset), network: "logistic regression",
        seed: configuration.seed)
    ).exhibits
  }
}

extension LinearPoisonExperiment.Configuration {
  /// Takes other classes and fewer images than the default if the data do not have these.
  fileprivate mutating func fit(
    to training: LabelledImages, given: Set<LinearPoisonExperiment.Setting>, _ usual: inout UsualSetting
  ) throws {
    let names = training.classNames
    let counts = training.countOfEachClass
    if !given.contains(.pairs),
      !pairs.allSatisfy({ $0.allSatisfy { (try? names.classNumber($0)) != nil } })
    {
      let possible = names.indices.filter { counts[$0] > 0 }
      guard possible.count > 1 else { throw OneClass(name: possible.first.map { names[$0] } ?? "") }
      let found = possible.indices.flatMap { first in
        possible[(first + 1)...].map { [names[possible[first]], names[$0]] }
      }.prefix(3)
      func words(_ pairs: [[String]]) -> String {
        pairs.map { $0.joined(separator: " and ") }.joined(separator: ", ")
      }
      usual.note(
        "pairs of classes: \(words(Array(found))), because the data do not have the usual "
          + words(pairs))
      pairs = Array(found)
    }
    // Each class gives half of the training and of the validation points; the poison comes from the rest.
    let labels = try pairs.flatMap { try $0.map { try names.classNumber($0) } }
    let most = labels.map { counts[$0] }.min() ?? 0
    let reason =
      "class \(names[labels.min { counts[$0] < counts[$1] } ?? 0]) has no more than \(most) training images"
    usual.fit(
      &pointCount, atMost: max(1, most / 8), isGiven: given.contains(.pointCount),
      "poison points",
      because: reason)
    let room = 2 * (most - pointCount)
    usual.fit(
      &trainingCount, atMost: room / 3, isGiven: given.contains(.trainingCount),
      "training points", because: reason)
    usual.fit(
      &validationCount, atMost: room - trainingCount,
      isGiven: given.contains(.validationCount), "validation points", because: reason)
  }

  /// The numbers of the classes of each pair.
  ///
  /// Training, validation and poison points are training images, so that held-out images are used for the evaluation only.
  ///
  /// - Throws: ``UnknownClass``, ``PoisonError``.
  fileprivate func checkedPairs(_ dataset: Dataset) throws -> [[Int]] {
    let (names, counts) = (dataset.heldOut.classNames, dataset.training.countOfEachClass)
    let numbers = try pairs.map { pair in
      let labels = try pair.map { try names.classNumber($0) }
      guard labels[0] != labels[1] else {
        throw PoisonError.sameClass(name: names[labels[0]], options: "the classes of a pair")
      }
      return labels
    }
    // Half of the points are of each class, an odd one of the first; the poison comes from the rest of the second.
    let half = (trainingCount + validationCount + 1) / 2
    for pair in numbers {
      for (label, needed) in zip(pair, [half, half + pointCount]) where counts[label] < needed {
        throw PoisonError.tooFewImages(
          className: dataset.training.classNames[label], needed: needed, found: counts[label])
      }
    }
    return numbers
  }
}

extension LinearPoisonExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    for pair in pairs { try requireCount(pair.count, 2, "pairs") }
  }
}
