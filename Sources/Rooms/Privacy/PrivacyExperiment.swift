import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Privacy
import Storage
import Tensors
import TrainRoom

/// Does differential privacy help against adversarial images? Trains networks with and without, with the same seeds, and
/// measures how accurate they are, how far their images are from being fooled, and what they tell of who was trained on.
///
/// | file | content |
/// | --- | --- |
/// | `networks/NAME/` | each network, its training, and what was measured on it |
/// | `privacy.txt` | what was found |
/// | `privacy.csv`, `summary.csv` | every network; every way to train, with intervals over networks |
/// | `figures/` | accuracy, distance, robust accuracy, membership |
/// | `run.json` | configuration, environment, results |
///
/// What was measured on a network is a file of its folder, so a killed run goes on and leaves the same bytes.
public struct PrivacyExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var architecture: ArchitectureChoice
    /// Falling.
    public var epsilons: [Double]
    public var delta: Double
    public var clip: Double
    /// Networks of each kind, with the seeds from `training.seed` on.
    public var networkCount: Int
    /// Of every network; privacy comes on top. Its batch size is the expected size of a lot.
    public var training: TrainingConfiguration
    /// Held-out images to attack; nil: all.
    public var imageCount: Int?
    /// L2, of robust accuracy.
    public var radius: Double

    public var seed: UInt64 { training.seed }

    public init(
      data: DataSource, architecture: ArchitectureChoice, epsilons: [Double] = [8, 2, 0.5],
      delta: Double = 1e-5, clip: Double = 1, networkCount: Int = 3, training: TrainingConfiguration,
      imageCount: Int? = 500, radius: Double = 1
    ) {
      precondition(networkCount > 0, "there must be a network of each kind")
      precondition(
        !epsilons.isEmpty && epsilons.allSatisfy { $0 > 0 && $0.isFinite }
          && Set(epsilons).count == epsilons.count,
        "every ε is positive and there once, got \(epsilons)")
      precondition(radius > 0 && radius.isFinite, "the radius must be positive, got \(radius)")
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

    /// Settings under which private training of a small network does well on MNIST; a start, not an optimum.
    public static func suggestedTraining(seed: UInt64) -> TrainingConfiguration {
      TrainingConfiguration(
        epochCount: 8, batchSize: 600, optimizer: .sgd(momentum: 0, weightDecay: 0),
        learningRate: LearningRate(initial: 0.5), seed: seed)
    }
  }

  public let configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool

  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  package static let networksFolder = "networks"
  static let partName = "privacy.json"

  /// Raised when what is measured of the same network under the same settings has other numbers than before.
  package static let revision = 1

  /// Everything but the data that decides what is measured.
  private struct Settings: Codable, Equatable {
    var configuration: TrainingConfiguration
    var request: PrivacyRequest?
    var architecture: String
    /// Right answers on the held-out images of the network that a stopped one is to equal.
    var target: Int?
    var imageCount: Int?
    var radius: Double
    var experimentSeed: UInt64
  }

  /// - Throws: Before anything is written: ``PrivateTrainingError``, ``PrivacyRequestError``, and ``RunConflict`` when a
  ///   network's folder holds a training with other settings.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> PrivacyResults {
    try run(on: try configuration.data.load(progress), in: folder, progress: progress)
  }

  package func run(
    on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> PrivacyResults {
    let graph = try Graph(try configuration.architecture.architecture(for: dataset.training))
    guard dataset.training.count >= 2, dataset.heldOut.count >= 2 else {
      throw PrivacyRequestError.tooFewImages(
        training: dataset.training.count, heldOut: dataset.heldOut.count)
    }
    // All are trained alike, and that one's first stage cannot be private: without it the name would not be true.
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
    let bench = try PrivacyBench(
      dataset, imageCount: configuration.imageCount, radius: configuration.radius, seed: configuration.seed,
      workerCount: workerCount, progress: progress)
    try checkConflicts(on: dataset, in: folder)
    let record = RunRecord<Configuration, PrivacyResults>(
      experiment: "privacy", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset)
    )
    let run = try Run(record, on: dataset, in: folder, progress)
    let (folder, progress) = (run.folder, run.progress)
    if startsFresh { try folder.remove(Self.networksFolder) }

    var networks: [PrivacyMeasurement] = []
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "privacy": Self.revision])
    for seed in seeds { networks += try measureAll(seed: seed, graph, bench, in: folder, kept, progress) }
    let results = PrivacyResults(
      configuration, dataset, graph, networks: networks, attackedCount: bench.batch.count)
    try run.measured(results)
    try progress(.stage("drawing charts"))
    try PrivacyReport(results: results, remarkLines: DataRecord(dataset).remarkLines).write(to: folder)
    try run.complete(with: results)
    return results
  }

  /// Asks the folders of all networks before the first one is changed. None is trained further: private ones need other
  /// noise for more epochs, and those beside them are to be trained as long.
  private func checkConflicts(on dataset: Dataset, in folder: RunFolder) throws {
    guard !startsFresh else { return }
    for arm in PrivacyArm.all(epsilons: configuration.epsilons) {
      if case .stopped = arm { continue }
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

  /// Every kind of network with one seed.
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
      // The model that was measured is still that of its folder.
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
        try progress(.stage("\(words): looking for the length of training"))
        let (network, seen) = try stopped.network(asAccurateAs: target)
        let model = Model(
          network: network, classNames: bench.dataset.heldOut.classNames, provenance: Model.Provenance())
        try ModelFile.write(model, to: place.file(RunFolder.modelName))
        try progress(.stage("\(words): attacking \(bench.batch.count) held-out images"))
        measurement = try bench.measure(model, arm, seed: seed, account: nil, stopped: seen)
      } else {
        let trained = try trainExperiment(arm, seed).run(
          on: bench.dataset, in: place, progress: stages(of: words, progress))
        let model = try ModelFile.read(place.file(RunFolder.modelName))
        try progress(.stage("\(words): attacking \(bench.batch.count) held-out images"))
        measurement = try bench.measure(model, arm, seed: seed, account: trained.privacy)
      }
      try kept.keep(
        measurement, Self.partName, in: place, checksums: checksums, settings: settings, files: files)
      done[arm] = measurement
      return measurement
    }
  }
}
