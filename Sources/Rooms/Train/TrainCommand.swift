import ArgumentParser
import Commands
import Datasets
import Foundation
import Lab
import Networks
import Poisoning

package struct TrainCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
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

  @Option(help: "Iterations at most, of lbfgs; another word for --epochs.")
  var iterations: Int?

  @Option(help: "lbfgs ends at a gradient shorter than this times the length of the parameters, or 1.")
  var tolerance: Double?

  @Option(help: "Images per step.")
  var batch: Int?

  @Option(help: "sgd, adam, adamw, or lbfgs: all images at once, until the gradient is small.")
  var optimizer: OptimizerName?

  @Option(help: "Learning rate at its highest.")
  var learningRate: Float?

  @Option(help: "Momentum of sgd.")
  var momentum: Float?

  @Option(help: "Weight decay.")
  var weightDecay: Float?

  @Option(
    help:
      "λ of each layer with weights, with commas between, or one for all; its sum of squares joins the loss.")
  var layerDecay: String?

  @Option(
    help:
      "How it joins: per-unit, λ / units · Σ w² of weights, or half, λ / 2 · Σ w² of weights and biases. Default: per-unit; half with the papers' networks under lbfgs."
  )
  var decayForm: Penalties.DecayForm?

  @Option(help: "λ of the first layer: λ · Σ |w| joins the loss.")
  var firstLayerL1: Float?

  @Option(help: "softmax, or sigmoid: each class judged by itself.")
  var loss: TrainingLoss?

  @Option(help: "Names of layers that keep the parameters they start with, with commas between.")
  var freeze: String?

  @Option(help: "Train on perturbed images as well: fgsm, pgd, or its controls sign-noise and uniform-noise.")
  var adversarial: PerturbationName?

  @Option(help: "Largest change of a pixel there.")
  var epsilon: Float = 0.25

  @Option(help: "Share of the loss on the images themselves there; 0: perturbed images alone.")
  var alpha: Float = 0.5

  @Option(help: "Steps of pgd.")
  var steps = 10

  @Option(help: "Size of a step of pgd. Default: 2.5 times epsilon over the number of steps.")
  var stepSize: Float?

  @Option(help: "constant, cosine, or step:EPOCHS:FACTOR.")
  var schedule: String?

  @Option(help: "Epochs over which the learning rate rises from 0.")
  var warmup: Float?

  @Flag(inversion: .prefixedNo, help: "Mirror training images at random.")
  var flips: Bool?

  @Option(help: "Shift training images at random by up to this many pixels.")
  var crop: Int?

  @Option(help: "Turn training images at random by up to this many degrees.")
  var rotate: Double?

  @Option(
    help:
      "Corrupt training images at random, kinds with commas between, or none of them: \(Corruption.Kind.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var corrupt: String?

  @Option(help: "Deviation of Gaussian noise added to training images, not clipped: for intrigue smooth.")
  var noise: Float?

  @Option(help: "Share of the training images kept apart to watch training by.")
  var validation = 0.1

  @Option(
    help: "Stop after this many epochs without a lower validation loss; the best epoch's weights are kept.")
  var patience: Int?

  @Option(help: "Images of one forward and backward pass.")
  var microBatch: Int?

  @OptionGroup var privacy: PrivacyOptions

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  enum OptimizerName: String, ExpressibleByArgument, CaseIterable { case sgd, adam, adamw, lbfgs }
  enum PerturbationName: String, ExpressibleByArgument, CaseIterable {
    case fgsm, pgd
    case signNoise = "sign-noise"
    case uniformNoise = "uniform-noise"
  }

  package func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    func isFinite(_ value: Float?, above bound: Float) -> Bool {
      (bound..<Float.infinity).contains(value ?? 1)
    }
    try check((0...100_000).contains(epochs ?? 1), "--epochs must be in 0...100000, got \(epochs ?? 1)")
    try check(
      (0...100_000).contains(iterations ?? 1), "--iterations must be in 0...100000, got \(iterations ?? 1)")
    try check(iterations == nil || epochs == nil, "--iterations and --epochs say the same; give one")
    let isLBFGS = optimizer == .lbfgs
    try check(isLBFGS || (iterations == nil && tolerance == nil), "--iterations and --tolerance are of lbfgs")
    try check(
      !isLBFGS || patience == nil, "--patience is not for lbfgs, which ends when its gradient is small")
    try check((0..<1).contains(tolerance ?? 0), "--tolerance must be in 0..<1")
    try check(isFinite(firstLayerL1, above: 0), "--first-layer-l1 must not be negative")
    try check(isFinite(epsilon, above: 0), "--epsilon must not be negative")
    try checkRadius(epsilon, written: "\(epsilon)")
    if let noise { try checkRadius(noise, written: "\(noise)", name: "--noise") }
    try check((0..<1).contains(alpha), "--alpha must be in 0..<1, got \(alpha)")
    try check((1...1000).contains(steps), "--steps must be in 1...1000, got \(steps)")
    try check(isFinite(stepSize, above: .leastNonzeroMagnitude), "--step-size must be positive")
    try check(
      adversarial != .pgd || epsilon > 0, "--adversarial pgd needs a positive --epsilon")
    _ = try parsedLayerDecay()
    try check(batch == nil || privacy.lot == nil, "--lot and --batch say the same; give one")
    for (name, count) in [("--batch", batch), ("--lot", privacy.lot), ("--micro-batch", microBatch)] {
      try check((1...1_000_000).contains(count ?? 1), "\(name) must be in 1...1000000, got \(count ?? 1)")
    }
    // Each micro-batch of a step has activations and a gradient of its own.
    try check(
      (batch ?? privacy.lot ?? 128) <= 256 * (microBatch ?? 64),
      "--batch must be at most 256 times --micro-batch, got \(batch ?? privacy.lot ?? 128)")
    try check(isFinite(learningRate, above: .leastNonzeroMagnitude), "--learning-rate must be positive")
    try check((0..<1).contains(momentum ?? 0), "--momentum must be in 0..<1")
    try check(isFinite(weightDecay, above: 0), "--weight-decay must not be negative")
    try check(isFinite(warmup, above: 0), "--warmup must not be negative")
    try check((0..<1).contains(validation), "--validation must be in 0..<1, got \(validation)")
    try check((patience ?? 1) > 0, "--patience must be positive")
    try check(patience == nil || validation > 0, "--patience needs --validation above 0")
    try check((0...64).contains(crop ?? 0), "--crop must be in 0...64")
    try check((0...180).contains(rotate ?? 0), "--rotate must be in 0...180")
    try check(isFinite(noise, above: 0), "--noise must not be negative")
    try check(
      !isLBFGS || (rotate == nil && corrupt == nil && noise == nil),
      "--rotate, --corrupt and --noise are not for lbfgs, which needs the same images in every step")
    try check(
      adversarial == nil || noise == nil, "--noise is not clipped and --adversarial is; give one of them")
    _ = try parsedCorruptions()
    _ = try parsedSchedule()
    _ = try ArchitectureChoice(argument: architecture)
  }

  private func parsedLayerDecay() throws -> [Float]? {
    guard let layerDecay else { return nil }
    let parts = layerDecay.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Float($0) }
    guard values.count == parts.count, values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ValidationError(
        "--layer-decay takes numbers with commas between, such as 1e-5,1e-5,1e-6, got \(layerDecay)")
    }
    return values
  }

  private func parsedCorruptions() throws -> [Corruption.Kind]? {
    guard let corrupt else { return nil }
    return try corrupt.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let kind = Corruption.Kind(rawValue: String(name)) else {
        let known = Corruption.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--corrupt takes some of \(known) with commas between, got \(corrupt)")
      }
      return kind
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

  private var perturbation: AdversarialTraining.Perturbation? {
    switch adversarial {
    case .fgsm: .fgsm
    case .pgd: .pgd(stepCount: steps, stepSize: stepSize ?? 2.5 * epsilon / Float(steps))
    case .signNoise: .signNoise
    case .uniformNoise: .uniformNoise
    case nil: nil
    }
  }

  private func training() throws -> TrainingConfiguration {
    let named = Architecture.Named(rawValue: architecture)
    var training = named?.recommendedTraining(seed: common.seed) ?? TrainingConfiguration(seed: common.seed)
    if optimizer == .lbfgs, let published = named?.publishedTraining(seed: common.seed) {
      training = published
    }
    if let epochs = epochs ?? iterations { training.epochCount = epochs }
    if let batch = batch ?? privacy.lot { training.batchSize = batch }
    training.microBatch = min(microBatch ?? training.microBatch, training.batchSize)
    let decay = weightDecay ?? training.optimizer.weightDecay
    switch optimizer ?? OptimizerName(training.optimizer) {
    case .sgd:
      training.optimizer = .sgd(momentum: momentum ?? training.optimizer.momentum ?? 0.9, weightDecay: decay)
    case .adam: training.optimizer = .adam(weightDecay: decay)
    case .adamw: training.optimizer = .adamW(weightDecay: decay)
    case .lbfgs:
      let tolerance = tolerance ?? training.optimizer.gradientTolerance ?? 1e-6
      training.optimizer = .lbfgs(gradientTolerance: tolerance)
    }
    let penalties = Penalties(
      layerDecay: try parsedLayerDecay() ?? training.penalties?.layerDecay ?? [],
      decayForm: decayForm ?? training.penalties?.decayForm ?? .perUnit,
      firstLayerL1: firstLayerL1 ?? training.penalties?.firstLayerL1 ?? 0)
    let isNone = penalties.layerDecay.isEmpty && penalties.firstLayerL1 == 0
    training.penalties = isNone ? nil : penalties
    training.adversarial = perturbation.map {
      AdversarialTraining($0, epsilon: epsilon, cleanShare: alpha)
    }
    if let loss { training.loss = loss }
    if let freeze { training.frozenLayers = freeze.split(separator: ",").map(String.init) }
    if let learningRate { training.learningRate.initial = learningRate }
    if let schedule = try parsedSchedule() { training.learningRate.schedule = schedule }
    if let warmup { training.learningRate.warmupEpochs = warmup }
    if let flips { training.augmentation.flips = flips }
    if let crop { training.augmentation.cropPadding = crop }
    if let rotate { training.augmentation.rotation = rotate }
    if let kinds = try parsedCorruptions() { training.augmentation.corruptions = kinds }
    if let noise { training.augmentation.noise = noise }
    training.patience = patience
    return training
  }

  package func run() throws {
    let name =
      "train-\(URL(filePath: architecture).deletingPathExtension().lastPathComponent)-"
      + URL(filePath: dataOptions.data).lastPathComponent + "-seed\(common.seed)"
    let folder = output.folder(default: name)
    let console = Console(common)
    let experiment = TrainExperiment(
      TrainExperiment.Configuration(
        data: try dataOptions.source(), architecture: try .init(argument: architecture),
        training: try training(),
        validationFraction: validation, privacy: privacy.request),
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
          format: "accuracy %.2f %% on %d held-out images, %d %@ in %.1f s",
          100 * results.heldOutAccuracy,
          results.heldOutCount, results.epochsTrained, optimizer == .lbfgs ? "iterations" : "epochs",
          results.trainingSeconds)
      ] + (results.privacy.map { [$0.sentence] } ?? []) + [
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
    case .lbfgs: self = .lbfgs
    }
  }
}

extension Optimizer {
  package var weightDecay: Float {
    switch self {
    case .sgd(_, let decay), .adam(let decay), .adamW(let decay): decay
    case .lbfgs: 0
    }
  }

  package var momentum: Float? {
    if case .sgd(let momentum, _) = self { momentum } else { nil }
  }

  package var gradientTolerance: Double? {
    if case .lbfgs(_, let tolerance) = self { tolerance } else { nil }
  }
}

extension Penalties.DecayForm: ExpressibleByArgument {}
extension TrainingLoss: ExpressibleByArgument {}
