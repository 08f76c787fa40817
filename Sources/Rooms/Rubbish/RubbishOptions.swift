import Adversarial
import ArgumentParser
import Commands
import Lab
import Networks
import Poisoning

public struct RubbishOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "rubbish",
    abstract: "Measure how confidently a network classifies noise: rubbish-class and fooling images.",
    discussion: """
      Example: intrigue rubbish output/mlp/model.safetensors --data mnist

      After Goodfellow, Shlens, Szegedy (2015), appendix: the fraction of Gaussian noise images that the network assigns to \
      a class with a probability above a threshold, the classes it predicts for them, and the fraction that one gradient \
      step turns into an example of each class.

      Leaves figures/, rubbish.csv and run.json.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Evaluation") var evaluation: Evaluation
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Evaluation: ParsableArguments {
    @Option(help: ArgumentHelp("Number of noise images to classify.", valueName: "N"))
    var count = 10_000

    @Option(help: ArgumentHelp("Number of noise images to move towards every class.", valueName: "N"))
    var foolingCount = 1_000

    @Option(
      help: ArgumentHelp(
        "ℓ∞ size of the step towards a class; the noise has standard deviation 1.", valueName: "EPSILON"))
    var epsilon = 0.25

    @Option(
      help: ArgumentHelp("Probability above which an image counts as accepted.", valueName: "PROBABILITY"))
    var threshold = 0.5

    @Option(
      help: ArgumentHelp(
        "Mapping of logits to probabilities: softmax, sigmoid, or exponential (for networks whose logits are negative squared distances). Default: the one that the network was designed for or trained with.",
        valueName: "NAME"))
    var scores: ScoreKind?

    func validate() throws {
      try requireCount("--count", count)
      try requireCount("--fooling-count", foolingCount)
      try requirePositive("--epsilon", epsilon)
      try checkRadius(epsilon)
      guard threshold > 0, threshold < 1 else {
        throw ValidationError("--threshold must be between 0 and 1, got \(threshold)")
      }
    }
  }

  public init() {}

  private var data: DataSource { get throws { try dataOptions.source(for: model.source) } }

  public var folderName: String { get throws { "rubbish-\(try data.shortName)" } }

  public func experiment() throws -> RubbishExperiment {
    RubbishExperiment(
      RubbishExperiment.Configuration(
        model: model.source, data: try data, count: evaluation.count, foolingCount: evaluation.foolingCount,
        epsilon: evaluation.epsilon, threshold: evaluation.threshold, scores: evaluation.scores,
        seed: common.seed),
      workerCount: common.workerCount)
  }
}

extension ScoreKind: ExpressibleByArgument {}
