import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Privacy
import Storage
import Tensors
import TrainRoom

/// Does differentially private training make networks more robust? Trains networks with and without it from the same
/// seeds, and measures accuracy, the distance of the smallest adversarial perturbations, and membership inference.
///
/// | file | content |
/// | --- | --- |
/// | `networks/NAME/` | each network, its training, and its measurements |
/// | `privacy.txt` | the findings |
/// | `privacy.csv`, `summary.csv` | every network; every kind of training, with intervals over networks |
/// | `figures/` | accuracy, distance, robust accuracy, membership inference |
/// | `run.json` | configuration, environment, results |
///
/// The measurements of a network are a file of its folder, so an interrupted run resumes and leaves the same bytes.
public struct PrivacyExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    var architecture: ArchitectureChoice
    /// In descending order, each once.
    var epsilons: [Double]
    var delta: Double
    var clip: Double
    /// Networks of each kind, with consecutive seeds from `training.seed`.
    var networkCount: Int
    /// The training of every network, before privacy is added. Its batch size is the expected size of a lot.
    var training: TrainingConfiguration
    /// The number of held-out images to attack; nil: all.
    var imageCount: Int?
    /// The ℓ2 budget of robust accuracy.
    var radius: Double

    var seed: UInt64 { training.seed }

    package init(
      data: DataSource, architecture: ArchitectureChoice, epsilons: [Double] = [8, 2, 0.5],
      delta: Double = 1e-5, clip: Double = 1, networkCount: Int = 3, training: TrainingConfiguration,
      imageCount: Int? = 500, radius: Double = 1
    ) {
      self.data = data
      self.architecture = architecture
      self.epsilons = epsilons.sorted(by: >)
      self.delta = delta
      self.clip = clip
      self.networkCount = networkCount
      self.training = training
      self.imageCount = imageCount
      self.radius = radius
    }

    /// Settings under which private training of a small network works well on MNIST: a starting point, not an optimum.
    package static func suggestedTraining(seed: UInt64) -> TrainingConfiguration {
      TrainingConfiguration(
        epochCount: 8, batchSize: 600, optimizer: .sgd(momentum: 0, weightDecay: 0),
        learningRate: LearningRate(initial: 0.5), seed: seed)
    }
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Whether the results of an earlier run are discarded instead of resumed.
  let startsFresh: Bool

  package init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  public static let name = "privacy"

  package static let networksFolder = "networks"
  static let partName = "privacy.json"

  /// Raised when what is measured of the same network under the same settings has other numbers than before.
  package static let revision = 1

  /// Everything besides the data that determines a measurement.
  private struct Settings: Codable, Equatable {
    var configuration: TrainingConfiguration
    var request: PrivacyRequest?
    var architecture: String
    /// The number of correct predictions on held-out images that a stopped network is to match.
    var target: Int?
    var imageCount: Int?
    var radius: Double
    var experimentSeed: UInt64
  }

  public struct Material {
    let dataset: Dataset
    let graph: Graph
    /// Numbers of the held-out images to attack.
    let numbers: [Int]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.data.load(progress)
  }

  /// - Throws: ``PrivateTrainingError``, ``PrivacyRequestError``, and ``RunConflict`` when a network's folder holds a
  ///   training with other settings.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<PrivacyExperiment> {
    let graph = try Graph(try configuration.architecture.architecture(for: dataset.training))
    guard dataset.training.count >= 2, dataset.heldOut.count >= 2 else {
      throw PrivacyRequestError.tooFewImages(
        training: dataset.training.count, heldOut: dataset.heldOut.count)
    }
    // All networks are trained alike, and the first stage of this architecture's training cannot be private.
    if configuration.architecture.recommendedTraining(seed: configuration.seed).pretraining != nil {
      throw PrivateTrainingError.pretraining
    }
    for epsilon in configuration.epsilons {
      var training = configuration.training
      training.privacy = try PrivacyRequest(
        .epsilon(epsilon), clip: configuration.clip, delta: configuration.delta
      ).settings(for: training, imageCount: dataset.training.count)
      try PrivateTraining.check(training, graph)
    }
    let numbers = try dataset.heldOut.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    try checkConflicts(on: dataset, in: folder)
    return Prepared(
      material: Material(dataset: dataset, graph: graph, numbers: numbers), configuration: configuration,
      dataset: dataset)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, PrivacyResults>
  ) throws -> (results: PrivacyResults, evidence: Void) {
    if startsFresh { try run.folder.remove(Self.networksFolder) }
    let bench = PrivacyBench(
      material.dataset, attacking: material.numbers, radius: configuration.radius, workerCount: workerCount,
      progress: run.progress)
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "privacy": Self.revision])
    let networks = try seeds.flatMap {
      try measureAll(seed: $0, material.graph, bench, in: run.folder, kept, run.progress)
    }
    return (
      PrivacyResults(
        configuration, material.dataset, material.graph, networks: networks, attackedCount: bench.batch.count),
      ()
    )
  }

  public func exhibits(_ results: PrivacyResults, _: Void, _ material: Material) throws -> Exhibits {
    PrivacyExhibits(results: results, remarkLines: DataRecord(material.dataset).remarkLines).exhibits
  }

  /// Checks the folders of all networks before the first one is changed. None is trained further: private networks need
  /// other noise for more epochs, and the others are to be trained as long.
  private func checkConflicts(on dataset: Dataset, in folder: RunFolder) throws {
    guard !startsFresh else { return }
    for arm in PrivacyArm.all(epsilons: configuration.epsilons) {
      if arm.isStopped { continue }
      for seed in seeds {
        try trainExperiment(arm, seed).check(
          on: dataset, in: RunFolder(folder.file(place(of: arm, seed))), of: folder,
          allowsMoreEpochs: false)
      }
    }
  }

  private var seeds: [UInt64] { (0..<configuration.networkCount).map { configuration.seed &+ UInt64($0) } }

  private func place(of arm: PrivacyArm, _ seed: UInt64) -> String {
    "\(Self.networksFolder)/\(arm.name)-seed\(seed)"
  }

  private func trainExperiment(_ arm: PrivacyArm, _ seed: UInt64) -> TrainExperiment {
    var training = configuration.training
    training.seed = seed
    return TrainExperiment(
      TrainExperiment.Configuration(
        data: configuration.data, architecture: configuration.architecture, training: training,
        validationFraction: 0, privacy: arm.request(clip: configuration.clip, delta: configuration.delta)),
      workerCount: workerCount, isPart: true)
  }

  /// Trains and measures one network of every kind with one seed.
  private func measureAll(
    seed: UInt64, _ graph: Graph, _ bench: PrivacyBench, in folder: RunFolder, _ kept: KeptParts,
    _ progress: @escaping ProgressHandler
  ) throws -> [PrivacyMeasurement] {
    var training = configuration.training
    training.seed = seed
    var stopped = StoppedEarly(
      training, dataset: bench.dataset, graph: graph, workerCount: workerCount, progress: progress)
    var done: [PrivacyArm: PrivacyMeasurement] = [:]
    return try PrivacyArm.all(epsilons: configuration.epsilons).map { arm in
      let place = try folder.folder(place(of: arm, seed))
      let words = "seed \(seed), \(arm.words)"
      var target: Int?
      if case .stopped(let epsilon) = arm { target = done[.epsilon(epsilon)]?.accuracy.count }
      let request = arm.request(clip: configuration.clip, delta: configuration.delta)
      let checksums = ["data": bench.dataset.checksum]
      let settings = Settings(
        configuration: training,
        request: request, architecture: try graph.architecture.json, target: target,
        imageCount: configuration.imageCount, radius: configuration.radius, experimentSeed: configuration.seed
      )
      // A part is valid only beside the model that was measured.
      let files = [RunFolder.modelName]
      if let known = try kept.known(
        PrivacyMeasurement.self, Self.partName, in: place, checksums: checksums, settings: settings,
        files: files)
      {
        try progress(.stage("\(words): kept from an earlier run"))
        done[arm] = known
        return known
      }
      let measurement: PrivacyMeasurement
      if let target {
        try progress(.stage("\(words): searching for the length of training"))
        let (network, seen) = try stopped.network(asAccurateAs: target)
        let model = Model(
          network: network, classNames: bench.dataset.heldOut.classNames, provenance: Model.Provenance())
        try ModelFile.write(model, to: place.file(RunFolder.modelName))
        try progress(.stage("\(words): attacking \(bench.batch.count) held-out images with DDN"))
        measurement = try bench.measure(model, arm, seed: seed, account: nil, stopped: seen)
      } else {
        let trained = try trainExperiment(arm, seed).run(
          on: bench.dataset, in: place, progress: stages(of: words, progress))
        let model = try ModelFile.read(place.file(RunFolder.modelName))
        try progress(.stage("\(words): attacking \(bench.batch.count) held-out images with DDN"))
        measurement = try bench.measure(model, arm, seed: seed, account: trained.privacy)
      }
      try kept.keep(
        measurement, Self.partName, in: place, checksums: checksums, settings: settings, files: files)
      done[arm] = measurement
      return measurement
    }
  }
}
