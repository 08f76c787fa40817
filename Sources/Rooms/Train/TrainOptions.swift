import ArgumentParser
import Commands
import Foundation
import Lab
import Networks

public struct TrainOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "train", abstract: "Train a network on labelled images.",
    discussion: """
      Example: intrigue train --data fashion-mnist --architecture lenet --epochs 5

      Leaves model.safetensors, figures/training.png and run.json. If interrupted, rerun the same command to resume after \
      the last finished epoch.

      Architectures:
      \(Architecture.Named.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))
      or a JSON file that describes the graph.
      """)

  public static let resume = Resume.epochs

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Model") var subject: Subject
  @OptionGroup(title: "Optimisation") var optimisation: OptimisationOptions
  @OptionGroup(title: "Regularisation") var regularisation: RegularisationOptions
  @OptionGroup(title: "Adversarial training") var adversarial: AdversarialTrainingOptions
  @OptionGroup(title: "Augmentation") var augmentation: AugmentationOptions
  @OptionGroup(title: "Differential privacy") var privacy: PrivacyOptions
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Subject: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Name of an architecture, or a JSON file that describes one.", valueName: "NAME|FILE"),
      completion: ArchitectureChoice.completion)
    var architecture: String

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws { _ = try ArchitectureChoice(argument: architecture) }
  }

  public init() {}

  /// What several groups decide together.
  public func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    try check(
      optimisation.batch == nil || privacy.lot == nil,
      "--lot is an alias of --batch: give one of them")
    // Each micro-batch of a step has activations and a gradient of its own.
    let batch = optimisation.batch ?? privacy.lot ?? 128
    try check(
      batch <= 256 * (optimisation.microBatch ?? 64),
      "--batch must be at most 256 times --micro-batch, got \(batch)")
    if optimisation.optimizer == .lbfgs {
      try check(
        optimisation.patience == nil,
        "--patience does not apply to lbfgs, which ends when its gradient is small")
      try check(
        augmentation.rotate == nil && augmentation.corrupt == nil && augmentation.noise == nil,
        "--rotate, --corrupt and --noise do not apply to lbfgs, which needs the same images in every step")
    }
    try check(
      adversarial.adversarial == nil || augmentation.noise == nil,
      "--noise is not clipped to [0, 1] and --adversarial is: give one of them")
  }

  public var folderName: String {
    let architecture = URL(filePath: subject.architecture).deletingPathExtension().lastPathComponent
    return "train-\(architecture)-\(dataOptions.shortName)-seed\(common.seed)"
  }

  public func experiment() throws -> TrainExperiment {
    TrainExperiment(
      TrainExperiment.Configuration(
        data: try dataOptions.source(), architecture: try .init(argument: subject.architecture),
        training: try training(), validationFraction: optimisation.validation, privacy: privacy.request),
      workerCount: common.workerCount, startsFresh: subject.fresh)
  }

  private func training() throws -> TrainingConfiguration {
    let named = Architecture.Named(rawValue: subject.architecture)
    var training = named?.recommendedTraining(seed: common.seed) ?? TrainingConfiguration(seed: common.seed)
    if optimisation.optimizer == .lbfgs, let published = named?.publishedTraining(seed: common.seed) {
      training = published
    }
    if let lot = privacy.lot { training.batchSize = lot }
    try optimisation.apply(to: &training)
    try regularisation.apply(to: &training)
    training.adversarial = adversarial.training
    try augmentation.apply(to: &training.augmentation)
    return training
  }
}
