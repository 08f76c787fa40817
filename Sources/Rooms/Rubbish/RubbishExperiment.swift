import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// What does a network say of images that belong to no class, and how far are they from one? The rubbish-class and
/// fooling images of Goodfellow, Shlens, Szegedy (2015), appendix.
///
/// | file | content |
/// | --- | --- |
/// | `figures/rubbish.png` | the first noise images, and each after a step towards every class |
/// | `figures/classes.png` | how much noise each class accepts, before and after such a step |
/// | `rubbish.csv` | the numbers of every class |
/// | `run.json` | configuration, environment, results |
public struct RubbishExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    /// Noise images that are classified.
    public var count: Int
    /// How many of them are moved towards every class.
    public var foolingCount: Int
    public var epsilon: Double
    public var threshold: Double
    /// Nil: what suits the model.
    public var scores: ScoreKind?
    public var seed: UInt64

    public init(
      model: ModelSource, data: DataSource, count: Int = 10_000, foolingCount: Int = 1_000,
      epsilon: Double = 0.25, threshold: Double = 0.5, scores: ScoreKind? = nil, seed: UInt64 = 1
    ) {
      precondition(count > 0 && foolingCount > 0, "there must be images to classify")
      precondition(epsilon > 0 && epsilon.isFinite, "epsilon must be positive, got \(epsilon)")
      precondition(threshold > 0 && threshold < 1, "the threshold must be between 0 and 1, got \(threshold)")
      self.model = model
      self.data = data
      self.count = count
      self.foolingCount = foolingCount
      self.epsilon = epsilon
      self.threshold = threshold
      self.scores = scores
      self.seed = seed
    }
  }

  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    /// How logits were read.
    public var scores: ScoreKind
    public var classNames: [String]
    public var noise: RubbishClass
    /// 95 %, of `noise.accepted`.
    public var noiseInterval95: [Double]
    public var fooling: FoolingImages
    /// The clean held-out images, for comparison.
    public var clean: RubbishClass
    public var cleanInterval95: [Double]
    /// What was found, in words, denominators stated.
    public var sentences: [String]
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  /// - Throws: ``RubbishError``, and what loading, the engine and writing throw. Before the first file is written data
  ///   and model have been read and found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let given = try GivenModels([configuration.model], shown: configuration.data, progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(given.models[0], on: given.dataset, in: folder, progress: progress)
  }

  package func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = dataset.heldOut
    try model.check(fits: images)
    let scores = configuration.scores ?? ScoreKind(suiting: model)
    guard scores.suits(model.network.graph) else {
      throw RubbishError.noDistances(modelName: model.network.graph.architecture.name)
    }
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let record = RunRecord<Configuration, Results>(
      experiment: "rubbish", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset)
    )
    let run = try Run(
      record, on: dataset, in: folder, remarks: model.remarks(on: dataset), progress)
    let (folder, progress) = (run.folder, run.progress)

    try progress(.stage("classifying \(configuration.count) images of noise"))
    let noise = RubbishClass(
      of: try noiseLogits(engine, progress), by: scores, threshold: configuration.threshold)
    try progress(.stage("classifying \(images.count) held-out images"))
    let clean = RubbishClass(
      of: try engine.logits(of: images), by: scores, threshold: configuration.threshold)
    try progress(
      .stage(
        "moving \(configuration.foolingCount) images of noise towards each of \(model.classNames.count) classes"
      ))
    let total = configuration.foolingCount * model.classNames.count
    let fooling = try FoolingImages(
      count: configuration.foolingCount, epsilon: configuration.epsilon, threshold: configuration.threshold,
      scores: scores, seed: configuration.seed, classifier: engine
    ) { try progress(.step(done: $0, total: total, unit: "steps")) }

    var results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum, scores: scores,
      classNames: model.classNames, noise: noise, noiseInterval95: noise.accepted.bounds95, fooling: fooling,
      clean: clean, cleanInterval95: clean.accepted.bounds95, sentences: [])
    results.sentences = RubbishWords(configuration: configuration, results: results).sentences
    try run.measured(results)
    try progress(.stage("drawing"))
    try RubbishTable.table(results).write(to: folder.file("rubbish.csv"))
    try RubbishFigures(configuration: configuration, results: results, data: DataRecord(dataset))
      .write(engine, in: folder)
    try run.complete(with: results)
    return results
  }

  /// Of all noise images, a portion of them in memory at a time.
  private func noiseLogits(_ engine: Engine, _ progress: ProgressHandler) throws -> Tensor {
    var logits: [Float] = []
    for numbers in Workers.pieces(of: configuration.count, length: FoolingImages.portion) {
      let images = RubbishClass.noise(
        numbers, shape: engine.inputShape, seed: configuration.seed, workerCount: workerCount)
      logits += try engine.logits(of: images).elements
      try progress(.step(done: numbers.upperBound, total: configuration.count, unit: "images"))
    }
    return Tensor(shape: [configuration.count, engine.classCount], elements: logits)
  }
}

extension Proportion {
  /// Wilson's interval as it stands in run.json; empty of nothing.
  fileprivate var bounds95: [Double] { interval95.map { [$0.lowerBound, $0.upperBound] } ?? [] }
}

/// What makes the measurement impossible.
public enum RubbishError: ArgumentError, Equatable, CustomStringConvertible {
  case noDistances(modelName: String)

  public var description: String {
    switch self {
    case .noDistances(let name):
      "\(name) does not end in distances from centres (rbf): exponentials of its logits are no probabilities; "
        + "read them as softmax or sigmoid"
    }
  }
}

extension RubbishExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(noiseInterval95, "noiseInterval95")
    try requireEnds(cleanInterval95, "cleanInterval95")
    for counted in [noise.acceptedByClass.count, clean.acceptedByClass.count, fooling.outcomes.count] {
      try requireCount(counted, classNames.count, "classNames")
    }
  }
}
