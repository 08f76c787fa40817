import ArgumentParser
import Commands
import Networks
import Poisoning

/// How parameters are fitted. What is not given suits the architecture.
struct OptimisationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Epochs. The default of this and of the options below depends on the architecture.", valueName: "N"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Iteration limit of lbfgs; an alias of --epochs.", valueName: "N"))
  var iterations: Int?

  @Option(
    help: ArgumentHelp(
      "Gradient norm at which lbfgs ends, relative to the norm of the parameters or 1, whichever is larger.",
      valueName: "NUMBER"))
  var tolerance: Double?

  @Option(help: ArgumentHelp("Images per step.", valueName: "N"))
  var batch: Int?

  @Option(help: ArgumentHelp("Images per forward and backward pass.", valueName: "N"))
  var microBatch: Int?

  @Option(
    help: ArgumentHelp(
      "sgd, adam, adamw, or lbfgs (full batch, until the gradient is small).", valueName: "NAME"))
  var optimizer: Name?

  @Option(help: ArgumentHelp("Peak learning rate.", valueName: "NUMBER"))
  var learningRate: Float?

  @Option(help: ArgumentHelp("Momentum of sgd.", valueName: "NUMBER"))
  var momentum: Float?

  @Option(
    help: ArgumentHelp(
      "Learning rate schedule: constant, cosine, or step:EPOCHS:FACTOR.", valueName: "SCHEDULE"))
  var schedule: String?

  @Option(help: ArgumentHelp("Epochs over which the learning rate rises from 0.", valueName: "NUMBER"))
  var warmup: Float?

  @Option(
    help: ArgumentHelp(
      "softmax (cross-entropy), or sigmoid (each class on its own).", valueName: "NAME"))
  var loss: TrainingLoss?

  @Option(
    help: ArgumentHelp(
      "Layers whose parameters stay as initialised, separated by commas.", valueName: "LIST"))
  var freeze: String?

  @Option(help: ArgumentHelp("Fraction of the training set used for validation.", valueName: "FRACTION"))
  var validation = 0.1

  @Option(
    help: ArgumentHelp(
      "Stop after this many epochs without a lower validation loss; keeps the best epoch's weights.",
      valueName: "N"))
  var patience: Int?

  enum Name: String, ExpressibleByArgument, CaseIterable { case sgd, adam, adamw, lbfgs }

  func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    try requireEpochs("--epochs", epochs)
    try requireEpochs("--iterations", iterations)
    try check(iterations == nil || epochs == nil, "--iterations is an alias of --epochs: give one of them")
    try check(
      optimizer == .lbfgs || (iterations == nil && tolerance == nil),
      "--iterations and --tolerance need --optimizer lbfgs")
    try requireFraction("--tolerance", tolerance)
    for (name, count) in [("--batch", batch), ("--micro-batch", microBatch)] {
      try require(name, count, in: 1...1_000_000)
    }
    try requirePositive("--learning-rate", learningRate)
    try requireFraction("--momentum", momentum)
    try requireNotNegative("--warmup", warmup)
    try requireFraction("--validation", validation)
    try require("--patience", patience, in: 1...1_000_000)
    try check(patience == nil || validation > 0, "--patience needs --validation above 0")
    _ = try parsedSchedule()
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

  func apply(to training: inout TrainingConfiguration) throws {
    if let epochs = epochs ?? iterations { training.epochCount = epochs }
    if let batch { training.batchSize = batch }
    training.microBatch = min(microBatch ?? training.microBatch, training.batchSize)
    let decay = training.optimizer.weightDecay
    switch optimizer ?? Name(training.optimizer) {
    case .sgd:
      training.optimizer = .sgd(momentum: momentum ?? training.optimizer.momentum ?? 0.9, weightDecay: decay)
    case .adam: training.optimizer = .adam(weightDecay: decay)
    case .adamw: training.optimizer = .adamW(weightDecay: decay)
    case .lbfgs:
      let tolerance = tolerance ?? training.optimizer.gradientTolerance ?? 1e-6
      training.optimizer = .lbfgs(gradientTolerance: tolerance)
    }
    if let loss { training.loss = loss }
    if let freeze { training.frozenLayers = freeze.split(separator: ",").map(String.init) }
    if let learningRate { training.learningRate.initial = learningRate }
    if let schedule = try parsedSchedule() { training.learningRate.schedule = schedule }
    if let warmup { training.learningRate.warmupEpochs = warmup }
    training.patience = patience
  }
}

extension OptimisationOptions.Name {
  fileprivate init(_ optimizer: Optimizer) {
    switch optimizer {
    case .sgd: self = .sgd
    case .adam: self = .adam
    case .adamW: self = .adamw
    case .lbfgs: self = .lbfgs
    }
  }
}

extension Optimizer {
  fileprivate var weightDecay: Float {
    switch self {
    case .sgd(_, let decay), .adam(let decay), .adamW(let decay): decay
    case .lbfgs: 0
    }
  }

  fileprivate var momentum: Float? {
    if case .sgd(let momentum, _) = self { momentum } else { nil }
  }

  fileprivate var gradientTolerance: Double? {
    if case .lbfgs(_, let tolerance) = self { tolerance } else { nil }
  }

  /// The same with another weight decay; L-BFGS has none.
  func decaying(by decay: Float) -> Optimizer {
    switch self {
    case .sgd(let momentum, _): .sgd(momentum: momentum, weightDecay: decay)
    case .adam: .adam(weightDecay: decay)
    case .adamW: .adamW(weightDecay: decay)
    case .lbfgs: self
    }
  }
}

extension TrainingLoss: ExpressibleByArgument {}
