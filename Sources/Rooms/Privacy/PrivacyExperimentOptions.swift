import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab

public struct PrivacyExperimentOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "privacy",
    abstract: "Test whether differentially private training makes networks more robust.",
    discussion: """
      Example: intrigue privacy --data mnist --epsilons 8,2,0.5 --networks 3

      Trains networks with (ε, δ)-differential privacy (DP-SGD), networks with clipped gradients but without noise, and \
      non-private networks, all from the same seeds; and for each private network a non-private one that is stopped at the \
      same accuracy. Measures accuracy, the ℓ2 distance of the smallest adversarial perturbation (DDN), robust accuracy, and \
      the advantage of membership inference.

      Leaves privacy.txt, privacy.csv, summary.csv, figures/, networks/ and run.json. If interrupted, rerun the same command, \
      without --fresh, to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Privacy") var privacy: Privacy
  @OptionGroup(title: "Training") var training: Training
  @OptionGroup(title: "Evaluation") var evaluation: Evaluation
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Privacy: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "ε of the private networks; separate several by commas. A smaller ε is more private.",
        valueName: "LIST"))
    var epsilons = "8,2,0.5"

    @Option(help: ArgumentHelp("δ of (ε, δ)-differential privacy.", valueName: "DELTA"))
    var delta = 1e-5

    @Option(
      help: ArgumentHelp(
        "Largest ℓ2 norm of an image's gradient; longer gradients are clipped to it.", valueName: "NORM"))
    var clip = 1.0

    func validate() throws {
      _ = try parsedEpsilons()
      guard delta > 0, delta < 1 else {
        throw ValidationError("--delta must be above 0 and below 1, got \(delta)")
      }
      try requirePositive("--clip", clip)
    }

    /// In descending order.
    func parsedEpsilons() throws -> [Double] {
      let parts = epsilons.split(separator: ",", omittingEmptySubsequences: false)
      let values = parts.compactMap { Double($0) }
      guard values.count == parts.count, values.allSatisfy({ $0 > 0 && $0.isFinite }),
        Set(values).count == values.count
      else {
        throw ValidationError(
          "--epsilons takes distinct positive numbers separated by commas, such as 8,2,0.5, got \(epsilons)")
      }
      return values.sorted(by: >)
    }
  }

  struct Training: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Name of an architecture without batch normalization, or a JSON file that describes one.",
        valueName: "NAME|FILE"), completion: ArchitectureChoice.completion)
    var architecture = "mlp"

    @Option(
      help: ArgumentHelp(
        "Networks of each kind, with consecutive seeds from --seed; an interval needs at least 2.",
        valueName: "N"))
    var networks = 3

    @Option(help: ArgumentHelp("Epochs of training. Default: 8.", valueName: "N"))
    var epochs: Int?

    @Option(
      help: ArgumentHelp(
        "Expected number of images per step (the lot, drawn at random). Default: 600.", valueName: "N"))
    var lot: Int?

    @Option(help: ArgumentHelp("Learning rate. Default: 0.5.", valueName: "RATE"))
    var learningRate: Float?

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws {
      try require("--networks", networks, in: 1...100)
      try require("--epochs", epochs, in: 1...10_000)
      try require("--lot", lot, in: 1...16_384)
      try requirePositive("--learning-rate", learningRate)
      _ = try ArchitectureChoice(argument: architecture)
    }
  }

  struct Evaluation: ParsableArguments {
    @Option(help: ArgumentHelp("Number of held-out images to attack, a random sample.", valueName: "N"))
    var count = 500

    @Option(help: ArgumentHelp("ℓ2 budget of robust accuracy; pixels lie in [0, 1].", valueName: "EPSILON"))
    var radius = 1.0

    func validate() throws {
      try requireCount("--count", count)
      try requirePositive("--radius", radius)
      try checkRadius(radius, name: "--radius")
    }
  }

  public init() {}

  public var folderName: String { "privacy-\(dataOptions.shortName)" }

  public func experiment() throws -> PrivacyExperiment {
    var settings = PrivacyExperiment.Configuration.suggestedTraining(seed: common.seed)
    if let epochs = training.epochs { settings.epochCount = epochs }
    if let lot = training.lot { settings.batchSize = lot }
    settings.microBatch = min(settings.microBatch, settings.batchSize)
    if let rate = training.learningRate { settings.learningRate.initial = rate }
    return PrivacyExperiment(
      PrivacyExperiment.Configuration(
        data: try dataOptions.source(), architecture: try .init(argument: training.architecture),
        epsilons: try privacy.parsedEpsilons(), delta: privacy.delta, clip: privacy.clip,
        networkCount: training.networks, training: settings, imageCount: evaluation.count,
        radius: evaluation.radius),
      workerCount: common.workerCount, startsFresh: training.fresh)
  }
}
