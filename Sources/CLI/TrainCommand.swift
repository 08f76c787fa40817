import ArgumentParser
import Foundation
import Intrigue

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a network on labelled images.",
    discussion: """
      Leaves model.safetensors, figures/training.png and run.json. After Ctrl-C the same command goes on after \
      the last finished epoch.

      Architectures:
      \(Architecture.Named.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
      or a JSON file that describes the graph.
      """)

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "An architecture's name or a .json file.")
  var architecture: String

  @Option(help: "Epochs. Default, like that of the options below: what suits the architecture.")
  var epochs: Int?

  @Option(help: "Images per step.")
  var batch: Int?

  @Option(help: "sgd, adam or adamw.")
  var optimizer: OptimizerName?

  @Option(help: "Learning rate at its highest.")
  var learningRate: Float?

  @Option(help: "Momentum of sgd.")
  var momentum: Float?

  @Option(help: "Weight decay.")
  var weightDecay: Float?

  @Option(help: "constant, cosine, or step:EPOCHS:FACTOR.")
  var schedule: String?

  @Option(help: "Epochs over which the learning rate rises from 0.")
  var warmup: Float?

  @Flag(inversion: .prefixedNo, help: "Mirror training images at random.")
  var flips: Bool?

  @Option(help: "Shift training images at random by up to this many pixels.")
  var crop: Int?

  @Option(help: "Share of the training images kept apart to watch training by.")
  var validation = 0.1

  @Option(
    help: "Stop after this many epochs without a lower validation loss; the best epoch's weights are kept.")
  var patience: Int?

  @Option(help: "Images of one forward and backward pass.")
  var microBatch: Int?

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  enum OptimizerName: String, ExpressibleByArgument, CaseIterable { case sgd, adam, adamw }

  func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    try check((0...100_000).contains(epochs ?? 1), "--epochs must be in 0...100000, got \(epochs ?? 1)")
    for (name, count) in [("--batch", batch), ("--micro-batch", microBatch)] {
      try check((1...1_000_000).contains(count ?? 1), "\(name) must be in 1...1000000, got \(count ?? 1)")
    }
    // Each micro-batch of a step has activations and a gradient of its own.
    try check(
      (batch ?? 128) <= 256 * (microBatch ?? 64),
      "--batch must be at most 256 times --micro-batch, got \(batch ?? 128)")
    func isFinite(_ value: Float?, above bound: Float) -> Bool {
      (bound..<Float.infinity).contains(value ?? 1)
    }
    try check(isFinite(learningRate, above: .leastNonzeroMagnitude), "--learning-rate must be positive")
    try check((0..<1).contains(momentum ?? 0), "--momentum must be in 0..<1")
    try check(isFinite(weightDecay, above: 0), "--weight-decay must not be negative")
    try check(isFinite(warmup, above: 0), "--warmup must not be negative")
    try check((0..<1).contains(validation), "--validation must be in 0..<1, got \(validation)")
    try check((patience ?? 1) > 0, "--patience must be positive")
    try check(patience == nil || validation > 0, "--patience needs --validation above 0")
    try check((0...64).contains(crop ?? 0), "--crop must be in 0...64")
    _ = try parsedSchedule()
    if case .named(let name) = choice, Architecture.Named(rawValue: name) == nil {
      throw ValidationError(UnknownArchitecture(name: name).description)
    }
  }

  private func parsedSchedule() throws -> LearningRate.Schedule? {
    guard let schedule else { return nil }
    let parts = schedule.split(separator: ":")
    switch (parts.first, parts.count) {
    case ("constant", 1): return .constant
    case ("cosine", 1): return .cosine
    case ("step", 3):
      if let epochs = Int(parts[1]), let factor = Float(parts[2]), epochs > 0, factor > 0, factor.isFinite {
        return .step(epochs: epochs, factor: factor)
      }
    default: break
    }
    throw ValidationError("--schedule takes constant, cosine or step:EPOCHS:FACTOR, got \(schedule)")
  }

  private var choice: TrainExperiment.ArchitectureChoice {
    architecture.hasSuffix(".json") ? .file(path: architecture) : .named(architecture)
  }

  private func training() throws -> TrainingConfiguration {
    let named = Architecture.Named(rawValue: architecture)
    var training = named?.recommendedTraining(seed: common.seed) ?? TrainingConfiguration(seed: common.seed)
    if let epochs { training.epochCount = epochs }
    if let batch { training.batchSize = batch }
    training.microBatch = min(microBatch ?? training.microBatch, training.batchSize)
    let decay = weightDecay ?? training.optimizer.weightDecay
    switch optimizer ?? OptimizerName(training.optimizer) {
    case .sgd:
      training.optimizer = .sgd(momentum: momentum ?? training.optimizer.momentum ?? 0.9, weightDecay: decay)
    case .adam: training.optimizer = .adam(weightDecay: decay)
    case .adamw: training.optimizer = .adamW(weightDecay: decay)
    }
    if let learningRate { training.learningRate.initial = learningRate }
    if let schedule = try parsedSchedule() { training.learningRate.schedule = schedule }
    if let warmup { training.learningRate.warmupEpochs = warmup }
    if let flips { training.augmentation.flips = flips }
    if let crop { training.augmentation.cropPadding = crop }
    training.patience = patience
    return training
  }

  func run() throws {
    let name =
      "train-\(URL(filePath: architecture).deletingPathExtension().lastPathComponent)-"
      + URL(filePath: dataOptions.data).lastPathComponent + "-seed\(common.seed)"
    let folder = output.folder(default: name)
    let console = Console(common)
    let experiment = TrainExperiment(
      TrainExperiment.Configuration(
        data: try dataOptions.source(), architecture: choice, training: try training(),
        validationFraction: validation),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try console.run(
      resume: "The same command, without --fresh, goes on after the last finished epoch."
    ) {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      results,
      lines: [
        String(
          format: "accuracy %.2f %% on %d held-out images, %d epochs in %.1f s",
          100 * results.heldOutAccuracy,
          results.heldOutCount, results.epochsTrained, results.trainingSeconds),
        "model: \(folder.file("model.safetensors").relativePath)",
        "curve: \(folder.file("figures/training.png").relativePath)",
      ])
  }
}

extension TrainCommand.OptimizerName {
  init(_ optimizer: Optimizer) {
    switch optimizer {
    case .sgd: self = .sgd
    case .adam: self = .adam
    case .adamW: self = .adamw
    }
  }
}

extension Optimizer {
  var weightDecay: Float {
    switch self {
    case .sgd(_, let decay), .adam(let decay), .adamW(let decay): decay
    }
  }

  var momentum: Float? {
    if case .sgd(let momentum, _) = self { momentum } else { nil }
  }
}
