import Datasets
import Figures
import Foundation
import Lab
import Networks
import Privacy
import Storage
import Tensors

/// Trains one network and leaves the model, its history and a training curve.
public struct TrainExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var architecture: ArchitectureChoice
    public var training: TrainingConfiguration
    /// Share of the training images kept apart to watch training by; 0: none.
    public var validationFraction: Double
    /// Nil: `training` says it all.
    public var privacy: PrivacyRequest?

    public init(
      data: DataSource, architecture: ArchitectureChoice, training: TrainingConfiguration,
      validationFraction: Double = 0.1, privacy: PrivacyRequest? = nil
    ) {
      precondition(
        validationFraction >= 0 && validationFraction < 1,
        "the validation share must be in 0..<1, got \(validationFraction)")
      self.data = data
      self.architecture = architecture
      self.training = training
      self.validationFraction = validationFraction
      self.privacy = privacy
    }
  }

  public struct Results: Codable, Sendable {
    public var modelChecksum: String
    public var parameterCount: Int
    public var epochsTrained: Int
    public var history: [EpochRecord]
    /// Why training ended.
    public var ending: TrainingEnding?
    public var heldOutAccuracy: Double
    public var heldOutLoss: Double
    public var heldOutCount: Int
    /// Of training alone, all sessions together.
    public var trainingSeconds: Double
    /// What the training images are promised; nil where it was not asked for.
    public var privacy: PrivacyAccount?
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Discard what an earlier run left instead of going on with it.
  public let startsFresh: Bool
  /// Whether the network is kept as a part of another experiment: what another program or processor trained is then
  /// trained again, with a remark, and not refused.
  public let isPart: Bool

  public init(
    _ configuration: Configuration, workerCount: Int, startsFresh: Bool = false, isPart: Bool = false
  ) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
    self.isPart = isPart
  }

  /// Raised when training of the same settings gives other numbers than before, for a reason that is not the engine's.
  package static let revision = 1

  private static let checkpointName = "checkpoint.safetensors"

  /// Whether ``run(in:progress:)`` could go on with what the folder holds; changes nothing.
  ///
  /// For experiments that train several networks: asked of all folders before the first is changed, a conflict of the last
  /// does no harm to the others.
  ///
  /// - Parameters:
  ///   - experiment: The folder that the conflict is to name instead, of an experiment that this is a part of.
  ///   - allowsMoreEpochs: Whether a shorter training may be gone on with, as ``run(in:progress:)`` does.
  /// - Throws: ``RunConflict`` when the folder holds a training with other settings.
  public func check(
    on dataset: Dataset, in folder: RunFolder, of experiment: RunFolder? = nil, allowsMoreEpochs: Bool = true
  ) throws {
    guard !startsFresh, folder.exists(Self.checkpointName) else { return }
    let architecture = try configuration.architecture.architecture(for: dataset.training)
    let settings = try settings(imageCount: split(dataset.training).0.count)
    let checkpoint = try checkpoint(
      Graph(architecture), try identity(architecture, dataset, settings), in: folder, of: experiment)
    if !allowsMoreEpochs, let checkpoint, checkpoint.identity.training.epochCount != settings.epochCount {
      throw RunConflict(folder: (experiment ?? folder).url, differences: ["number of epochs"])
    }
  }

  /// - Throws: ``RunConflict`` when the folder holds a training with other settings.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let dataset = try configuration.data.load(progress)
    return try run(on: dataset, in: folder, progress: progress)
  }

  /// - Parameter onReady: Called once data and settings are known to fit and the folder is locked, before anything else is
  ///   written.
  package func run(
    on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler,
    onReady: () throws -> Void = {}
  ) throws -> Results {
    let architecture = try configuration.architecture.architecture(for: dataset.training)
    let graph = try Graph(architecture)
    try graph.checkMemory()
    let (training, validation) = split(dataset.training)
    let settings = try settings(imageCount: training.count)
    try PrivateTraining.check(settings, graph)
    let identity = try identity(architecture, dataset, settings)
    var start = try startingState(graph, identity, in: folder, progress)
    let trainer = Trainer(
      settings, training: training, validation: validation, workerCount: workerCount)
    try trainer.checkMemory(for: start)
    let record = RunRecord<Configuration, Results>(
      experiment: "train", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset))
    let run = try Run(
      record, on: dataset, in: folder, remarks: remarks(on: settings, imageCount: training.count),
      keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)
    try onReady()
    try run.begin()
    // One that is not gone on with may not stay until the first epoch has ended.
    if start.completedEpochCount == 0, startsFresh || folder.exists(Self.checkpointName) {
      try folder.remove(Self.checkpointName, RunFolder.modelName)
    }

    if let pretraining = configuration.training.pretraining, start.completedEpochCount == 0 {
      start.network = try pretrained(start.network, pretraining, training, progress)
    }
    let parts = "\(training.count) images" + (validation.map { ", \($0.count) kept for validation" } ?? "")
    try progress(.stage("training \(architecture.name) on \(dataset.name): \(parts)"))
    let epochCount = configuration.training.epochCount
    let state = try trainer.train(from: start, progress: { try progress(.training($0)) }) { state in
      try TrainingCheckpoint(identity: identity, state: state).write(to: folder.file(Self.checkpointName))
      if let epoch = state.history.last { try progress(.epoch(epoch, of: epochCount)) }
    }
    switch state.ending {
    case .patience:
      try progress(
        .stage("stopped early: the validation loss no longer falls; the best epoch's weights are kept"))
    case .converged: try progress(.stage("the gradient is as small as was asked for"))
    case .exhausted: try progress(.stage("no step lowers the loss any more: the rest is rounding"))
    case .epochLimit, nil: break
    }
    let results = try conclude(state, settings, trainingCount: training.count, dataset, in: folder)
    try run.complete(with: results)
    return results
  }

  /// The training with the noise that the wanted privacy takes.
  private func settings(imageCount: Int) throws -> TrainingConfiguration {
    var settings = configuration.training
    if let request = configuration.privacy {
      settings.privacy = try request.settings(for: settings, imageCount: imageCount)
    }
    return settings
  }

  private func remarks(on settings: TrainingConfiguration, imageCount: Int) -> [String] {
    var remarks: [String] = []
    if let delta = configuration.privacy?.delta, delta >= 1 / Double(imageCount) {
      remarks.append(
        "δ = \(delta) is not below 1 / \(imageCount): publishing one whole image at random would keep that promise"
      )
    }
    // L-BFGS looks at all of them anyway.
    let hasBatches = if case .lbfgs = settings.optimizer { false } else { true }
    if hasBatches, settings.batchSize > imageCount {
      remarks.append(
        "a \(settings.privacy == nil ? "batch" : "lot") is all \(imageCount) training images: there are no "
          + "\(settings.batchSize)")
    }
    return remarks
  }

  /// What must be the same for a run to be gone on with.
  private func identity(
    _ architecture: Architecture, _ dataset: Dataset, _ settings: TrainingConfiguration
  ) throws -> TrainingCheckpoint.Identity {
    TrainingCheckpoint.Identity(
      architecture: try architecture.json, dataChecksum: dataset.checksum,
      validationFraction: configuration.validationFraction, training: settings, revision: Self.revision,
      engine: .current)
  }

  /// What an earlier run with the same settings left; nil: nothing, or what is to be discarded.
  private func checkpoint(
    _ graph: Graph, _ identity: TrainingCheckpoint.Identity, in folder: RunFolder,
    of experiment: RunFolder? = nil, _ progress: ProgressHandler = { _ in }
  ) throws -> TrainingCheckpoint? {
    guard !startsFresh, folder.exists(Self.checkpointName) else { return nil }
    let checkpoint = try TrainingCheckpoint.read(folder.file(Self.checkpointName), graph: graph)
    let differences = identity.differences(
      from: checkpoint.identity, epochsDone: checkpoint.state.completedEpochCount)
    let program = identity.programDifferences(from: checkpoint.identity)
    guard differences.isEmpty, program.isEmpty || isPart else {
      throw RunConflict(folder: (experiment ?? folder).url, differences: differences + program)
    }
    guard program.isEmpty else {
      try progress(
        .warning(
          "\(folder.url.path): holds a training that differs in \(program.joined(separator: ", ")); it is done again"
        ))
      return nil
    }
    return checkpoint
  }

  /// A new network, or the state that an earlier run with the same settings left.
  private func startingState(
    _ graph: Graph, _ identity: TrainingCheckpoint.Identity, in folder: RunFolder, _ progress: ProgressHandler
  ) throws -> TrainingState {
    if let checkpoint = try checkpoint(graph, identity, in: folder, progress) {
      let done = checkpoint.state.completedEpochCount
      let isComplete = done == configuration.training.epochCount
      try progress(
        .stage(
          isComplete
            ? "the folder holds this training, all \(done) epochs of it"
            : "going on after epoch \(done) of \(configuration.training.epochCount)"))
      return checkpoint.state
    }
    return TrainingState(starting: Network(initializing: graph, seed: configuration.training.seed))
  }

  private func pretrained(
    _ network: Network, _ pretraining: AutoencoderPretraining, _ images: LabelledImages,
    _ progress: @escaping ProgressHandler
  ) throws -> Network {
    try progress(.stage("training layer \(pretraining.layer) as a sparse autoencoder"))
    let (result, losses) = try pretraining.train(
      network, on: images, configuration.training, workerCount: workerCount
    ) { step in
      try progress(
        .step(
          done: (step.epoch - 1) * step.exampleCount + step.examplesDone,
          total: step.epochCount * step.exampleCount, unit: "images"))
    }
    if let first = losses.first, let last = losses.last {
      try progress(
        .stage(
          "its reconstruction error went from \(String(format: "%.4f", first)) to "
            + "\(String(format: "%.4f", last)) per pixel, squared"))
    }
    return result
  }

  /// Images to train on and images kept apart, chosen by the seed.
  private func split(_ images: LabelledImages) -> (LabelledImages, LabelledImages?) {
    guard configuration.validationFraction > 0, images.count > 1 else { return (images, nil) }
    let count = max(1, Int(Double(images.count) * configuration.validationFraction))
    var generator = SeededGenerator(seed: configuration.training.seed, purpose: "validation split", index: 0)
    let order = generator.permutation(images.count)
    return (images.selecting(order[count...].sorted()), images.selecting(order[..<count].sorted()))
  }

  private func conclude(
    _ state: TrainingState, _ settings: TrainingConfiguration, trainingCount: Int, _ dataset: Dataset,
    in folder: RunFolder
  ) throws -> Results {
    let network = state.best ?? state.network
    let judged = try Engine(running: network, workerCount: workerCount).accuracyAndLoss(
      on: dataset.heldOut, loss: configuration.training.loss)
    var provenance = Model.Provenance()
    provenance.dataName = dataset.name
    provenance.dataChecksum = dataset.checksum
    provenance.reading = configuration.data.options
    provenance.isSplitHere = dataset.isSplitHere
    provenance.trainedImages = ImageSketch(of: dataset.training, without: dataset.heldOut)
    provenance.training = settings
    provenance.epochsTrained = state.completedEpochCount
    provenance.heldOutAccuracy = judged.accuracy
    provenance.toolVersion = RunEnvironment.toolVersion
    let model = Model(network: network, classNames: dataset.heldOut.classNames, provenance: provenance)
    try ModelFile.write(model, to: folder.file(RunFolder.modelName))
    if !state.history.isEmpty {
      try Self.curve(of: state.history, title: "\(network.graph.architecture.name) on \(dataset.name)")
        .write(named: "training", in: folder.folder("figures").url)
    }
    return Results(
      modelChecksum: try model.checksum, parameterCount: network.trainedParameterCount,
      epochsTrained: state.completedEpochCount, history: state.history, ending: state.ending,
      heldOutAccuracy: judged.accuracy,
      heldOutLoss: judged.loss, heldOutCount: dataset.heldOut.count,
      trainingSeconds: state.history.map(\.seconds).reduce(0, +),
      privacy: configuration.privacy.flatMap { request in
        settings.privacy.map {
          PrivacyAccount(
            $0, settings, imageCount: trainingCount, stepCount: state.stepCount, delta: request.delta)
        }
      })
  }

  package static func curve(of history: [EpochRecord], title: String) -> Chart {
    Chart.trainingCurve(
      title: title,
      epochs: history.map { epoch in
        Chart.Epoch(
          number: epoch.epoch, trainingLoss: epoch.trainingLoss, trainingAccuracy: epoch.trainingAccuracy,
          validationLoss: epoch.validationLoss, validationAccuracy: epoch.validationAccuracy)
      })
  }
}
