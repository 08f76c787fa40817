import AttackRoom
import Datasets
import Foundation
import GalleryRoom
import Lab
import Networks
import TrainRoom

/// The whole main job in one folder: train a network, rank images by units and by random directions, attack it.
public struct DemoExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var training: TrainExperiment.Configuration
    public var neuronCount: Int
    public var directionCount: Int
    public var topCount: Int
    public var epsilon: Float
    public var seed: UInt64

    /// - Parameter epochCount: Nil: as many as show both properties within a minute or so of training.
    public init(
      data: DataSource, architecture: Architecture.Named = .lenet, epochCount: Int? = nil, seed: UInt64
    ) {
      var training = architecture.recommendedTraining(seed: seed)
      training.epochCount = epochCount ?? 3
      self.training = TrainExperiment.Configuration(
        data: data, architecture: .named(architecture.rawValue), training: training)
      neuronCount = 8
      directionCount = 8
      topCount = 9
      epsilon = 0.1
      self.seed = seed
    }
  }

  public struct Results: Codable, Sendable {
    public var training: TrainExperiment.Results
    public var gallery: GalleryExperiment.Results
    public var attack: AttackExperiment.Results
    public var seconds: Double
  }

  public let configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool

  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let start = ContinuousClock.now
    let data = configuration.training.data
    let dataset = try data.load(progress)
    let record = RunRecord<Configuration, Results>(
      experiment: "demo", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)

    let training = try TrainExperiment(
      configuration.training, workerCount: workerCount, startsFresh: startsFresh
    ).run(on: dataset, in: folder.recording(as: "train.json"), progress: progress) {
      try run.begin()
    }
    let modelFile = folder.file(RunFolder.modelName)
    let model = try ModelFile.read(modelFile)
    let source = ModelSource.model(path: modelFile.relativePath)

    let gallery = try GalleryExperiment(
      GalleryExperiment.Configuration(
        model: source, data: data, neuronCount: configuration.neuronCount,
        directionCount: configuration.directionCount, topCount: configuration.topCount,
        seed: configuration.seed),
      given: [], workerCount: workerCount, cache: FeatureCache(folder: folder.file("features"))
    ).run(model, on: dataset, in: folder.recording(as: "gallery.json"), progress: progress)

    let attack = try AttackExperiment(
      AttackExperiment.Configuration(
        model: source, data: data, epsilon: configuration.epsilon, seed: configuration.seed),
      workerCount: workerCount
    ).run(model, on: dataset, in: folder.recording(as: "attack.json"), progress: progress)

    let results = Results(
      training: training, gallery: gallery, attack: attack,
      seconds: (ContinuousClock.now - start) / .seconds(1))
    try run.complete(with: results)
    return results
  }
}
