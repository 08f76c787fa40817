import AttackRoom
import Datasets
import Foundation
import GalleryRoom
import Lab
import Networks
import TrainRoom

/// The whole pipeline in one folder: train a network, rank images by neurons and by random directions, attack it.
public struct DemoExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    public var training: TrainExperiment.Configuration
    public var neuronCount: Int
    public var directionCount: Int
    public var topCount: Int
    public var epsilon: Float
    public var seed: UInt64

    /// - Parameter epochCount: Nil: as many as show both properties within a minute or so of training.
    init(
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
  let startsFresh: Bool

  init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  public static let name = "demo"
  public static let keepsEarlier = true

  private var training: TrainExperiment {
    TrainExperiment(configuration.training, workerCount: workerCount, startsFresh: startsFresh)
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.training.data.load(progress)
  }

  /// - Throws: What ``TrainExperiment`` throws before it writes.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<DemoExperiment> {
    _ = try training.prepare(dataset, in: folder) { _ in }
    return Prepared(material: dataset, configuration: configuration, dataset: dataset)
  }

  public func measure(
    _ dataset: Dataset, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Void) {
    let start = ContinuousClock.now
    let (folder, progress) = (run.folder, run.progress)
    let data = configuration.training.data
    try run.begin()
    let training = try training.run(
      on: dataset, in: folder.recording(as: "train.json"), progress: progress)
    let modelFile = folder.file(RunFolder.modelName)
    let source = ModelSource.model(path: modelFile.relativePath)
    let given = GivenModels(models: [try ModelFile.read(modelFile)], dataset: dataset, data: data)

    let gallery = try GalleryExperiment(
      GalleryExperiment.Configuration(
        model: source, data: data, neuronCount: configuration.neuronCount,
        directionCount: configuration.directionCount, topCount: configuration.topCount,
        seed: configuration.seed),
      given: [], workerCount: workerCount, cache: FeatureCache(folder: folder.file("features"))
    ).run(on: given, in: folder.recording(as: "gallery.json"), progress: progress)

    let attack = try AttackExperiment(
      AttackExperiment.Configuration(
        model: source, data: data, epsilon: configuration.epsilon, seed: configuration.seed),
      workerCount: workerCount
    ).run(given.models[0], on: dataset, in: folder.recording(as: "attack.json"), progress: progress)

    return (
      Results(
        training: training, gallery: gallery, attack: attack,
        seconds: (ContinuousClock.now - start) / .seconds(1)), ()
    )
  }

  public func exhibits(_ results: Results, _: Void, _ dataset: Dataset) -> Exhibits {
    Exhibits(title: "Demo", findings: Self.findings(results), basis: "", listing: Self.listing)
  }

  private static func findings(_ results: Results) -> [String] {
    func kappa(_ agreement: GalleryExperiment.Results.Agreement) -> String {
      agreement.mean.map { String(format: "%.2f", $0) } ?? "undefined"
    }
    let gallery = results.gallery
    return [
      String(
        format: "Accuracy %.2f %% on %d held-out images; the whole pipeline took %.0f s.",
        100 * results.training.heldOutAccuracy, results.training.heldOutCount, results.seconds),
      "Mean label agreement κ of the top \(gallery.topCount ?? 0) images: \(kappa(gallery.neurons)) over "
        + "\(gallery.neurons.count) neurons, \(kappa(gallery.randomDirections)) over "
        + "\(gallery.randomDirections.count) random directions, 0 for random images by construction (one network: "
        + "descriptive only, not a significance test).",
      results.attack.sentence,
    ]
  }

  /// The files and what they are.
  private static let listing = TextTable.lines(
    [
      ["report/index.html", "the report, for a browser"],
      ["gallery.png", "neurons on the left, random directions on the right"],
      ["neurons.png", "the neurons alone"],
      ["random.png", "the random directions alone"],
      ["adversarial.png", "clean image, perturbation, adversarial image"],
      ["adversarial/", "the adversarial images of that sheet, one file each"],
      ["rankings.csv", "every ranked image with its score"],
      ["figures/training.png", "loss and accuracy over the epochs"],
      ["model.safetensors", "the network; see intrigue inspect"],
      ["run.json", "what was run, and with which settings"],
    ], textColumns: [0, 1])
}
