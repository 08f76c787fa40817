import Adversarial
import Datasets
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// Measures how confidently a network classifies images that belong to no class, and how far these are from a class: the
/// rubbish-class and fooling images of Goodfellow, Shlens, Szegedy (2015), appendix.
///
/// | file | content |
/// | --- | --- |
/// | `figures/rubbish.png` | the first noise images, and each after a step towards every class |
/// | `figures/classes.png` | the fraction of noise accepted as each class, before and after such a step |
/// | `rubbish.csv` | the numbers of every class |
/// | `run.json` | configuration, environment, results |
public struct RubbishExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var model: ModelSource
    var data: DataSource
    /// The number of noise images that are classified.
    var count: Int
    /// The number of noise images that are moved towards every class.
    var foolingCount: Int
    var epsilon: Double
    var threshold: Double
    /// nil: the kind that suits the model.
    var scores: ScoreKind?
    var seed: UInt64
  }

  public struct Results: Codable, Sendable {
    var modelName: String
    var modelChecksum: String
    /// The mapping of logits to probabilities.
    var scores: ScoreKind
    var classNames: [String]
    var noise: RubbishClass
    /// The 95 % interval of `noise.accepted`.
    var noiseInterval95: [Double]
    var fooling: FoolingImages
    /// The clean held-out images, for comparison.
    var clean: RubbishClass
    var cleanInterval95: [Double]
    /// The findings, with their denominators.
    var sentences: [String]
  }

  public let configuration: Configuration
  public let workerCount: Int

  init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  public static let name = "rubbish"

  public struct Material {
    let model: Model
    let engine: Engine
    let dataset: Dataset
    let scores: ScoreKind
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  /// - Throws: ``RubbishError``.
  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<RubbishExperiment> {
    let (model, dataset) = (given.models[0], given.dataset)
    let scores = configuration.scores ?? ScoreKind(suiting: model)
    guard scores.suits(model.network.graph) else {
      throw RubbishError.noDistances(modelName: model.network.graph.architecture.name)
    }
    var configuration = configuration
    configuration.data = given.data
    return Prepared(
      material: Material(
        model: model, engine: try Engine(running: model.network, workerCount: workerCount), dataset: dataset,
        scores: scores),
      configuration: configuration, dataset: dataset, remarks: model.remarks(on: dataset))
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Void) {
    let (model, engine, scores) = (material.model, material.engine, material.scores)
    let (images, threshold, progress) = (material.dataset.heldOut, configuration.threshold, run.progress)
    try progress(.stage("classifying \(configuration.count) noise images"))
    let noise = RubbishClass(of: try noiseLogits(engine, progress), by: scores, threshold: threshold)
    try progress(.stage("classifying \(images.count) held-out images"))
    let clean = RubbishClass(of: try engine.logits(of: images), by: scores, threshold: threshold)
    try progress(
      .stage(
        "moving \(configuration.foolingCount) noise images towards each of \(model.classNames.count) classes")
    )
    let total = configuration.foolingCount * model.classNames.count
    let fooling = try FoolingImages(
      count: configuration.foolingCount, epsilon: configuration.epsilon, threshold: threshold,
      scores: scores, seed: configuration.seed, classifier: engine
    ) { try progress(.step(done: $0, total: total, unit: "steps")) }
    var results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum, scores: scores,
      classNames: model.classNames, noise: noise, noiseInterval95: noise.accepted.bounds95, fooling: fooling,
      clean: clean, cleanInterval95: clean.accepted.bounds95, sentences: [])
    results.sentences = RubbishFindings(configuration: configuration, results: results).sentences
    return (results, ())
  }

  public func exhibits(_ results: Results, _: Void, _ material: Material) throws -> Exhibits {
    RubbishExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset),
      engine: material.engine
    ).exhibits
  }

  /// Returns the logits of all noise images; a portion of the images is in memory at a time.
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
  /// Wilson's interval as it is recorded in run.json; empty if the total is 0.
  fileprivate var bounds95: [Double] { interval95.map { [$0.lowerBound, $0.upperBound] } ?? [] }
}

/// A reason why the measurement is impossible.
public enum RubbishError: ArgumentError, Equatable, CustomStringConvertible {
  case noDistances(modelName: String)

  public var description: String {
    switch self {
    case .noDistances(let name):
      "\(name) does not end in distances from centres (rbf), so the exponentials of its logits are not probabilities; use "
        + "--scores softmax or --scores sigmoid"
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
