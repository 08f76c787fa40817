import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab
import Networks

public struct SmoothOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "smooth",
    abstract: "Randomized smoothing: robustness certified by noise at inference.",
    discussion: """
      Example: intrigue smooth output/train-mnist/model.safetensors --sigma 0.25 --count 200

      Randomized smoothing (Cohen, Rosenfeld, Kolter 2019) classifies many noisy copies of an image and returns the \
      majority class. Where the majority is clear, no perturbation within the certified ℓ2 radius changes the prediction; \
      where it is not, the classifier abstains. An attack on the smoothed classifier (PGD) gives an upper bound on its robust \
      accuracy. Networks do best when trained with the same noise: intrigue train --noise SIGMA.

      Leaves figures/, smoothing.csv, certified.csv, attacked.csv, parts/ and run.json. If interrupted, rerun the same \
      command, without --fresh, to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @Argument(
    help: ArgumentHelp(
      "Model files made by intrigue train: one for all values of --sigma, or one for each.", valueName: "FILE"
    ),
    completion: .file())
  var models: [String]

  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Smoothing") var smoothing: Smoothing
  @OptionGroup(title: "Attack") var attacking: Attacking
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Smoothing: ParsableArguments {
    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Standard deviations of the Gaussian noise; pixels lie in [0, 1]. Default: 0.25.", valueName: "SIGMA")
    )
    var sigma: [Double] = []

    @Option(
      help: ArgumentHelp(
        "Noisy copies of each image for estimating the probability of its class.", valueName: "N"))
    var samples = 1000

    @Option(
      help: ArgumentHelp("Noisy copies of each image, drawn before, for selecting the class.", valueName: "N")
    )
    var selection = 100

    @Option(
      help: ArgumentHelp("Error probability of each certificate and of each prediction.", valueName: "ALPHA"))
    var alpha = 0.001

    @Option(help: ArgumentHelp("Number of held-out images to classify, a random sample.", valueName: "N"))
    var count = 200

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    var deviations: [Double] { sigma.isEmpty ? [0.25] : sigma }

    func validate() throws {
      for (name, value) in [("--samples", samples), ("--selection", selection), ("--count", count)] {
        try requireCount(name, value)
      }
      guard 0 < alpha, alpha < 1 else {
        throw ValidationError("--alpha must be above 0 and below 1, got \(alpha)")
      }
      for deviation in sigma {
        try requirePositive("--sigma", deviation)
        try checkRadius(deviation, name: "--sigma")
      }
    }
  }

  struct Attacking: ParsableArguments {
    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp("ℓ2 budgets of the attack. Default: 0.5 1 1.5 2.", valueName: "EPSILON"))
    var epsilon: [Double] = []

    @Flag(inversion: .prefixedNo, help: "Attack the smoothed classifier as well as certifying it.")
    var attack = true

    @Option(help: ArgumentHelp("Steps of the attack, projected gradient descent.", valueName: "N"))
    var steps = 20

    @Option(
      help: ArgumentHelp("Noisy copies whose mean loss the attack maximises at each step.", valueName: "N"))
    var attackSamples = 16

    /// Ascending; empty: no attack.
    var budgets: [Double] { attack ? (epsilon.isEmpty ? [0.5, 1, 1.5, 2] : Set(epsilon).sorted()) : [] }

    func validate() throws {
      try requireCount("--steps", steps)
      try requireCount("--attack-samples", attackSamples)
      for radius in epsilon {
        try requirePositive("--epsilon", Float(radius))
        try checkRadius(radius)
      }
      guard attack || epsilon.isEmpty else {
        throw ValidationError("--epsilon is the budget of the attack; give it or --no-attack, not both")
      }
    }
  }

  public init() {}

  public func validate() throws {
    let (models, deviations) = (models.count, smoothing.sigma.count)
    guard models > 0 else { throw ValidationError("give a model file") }
    guard models == 1 || models == max(deviations, 1) else {
      throw ValidationError(
        "give one model for all values of --sigma or one for each, got \(models) models and \(max(deviations, 1)) values"
      )
    }
    let names = levels.map { "\($0.model), \($0.deviation)" }
    guard names.count <= Self.largestLevelCount else {
      throw ValidationError(
        "--sigma takes at most \(Self.largestLevelCount) values, as many as a figure holds, got \(names.count)"
      )
    }
    guard Set(names).count == names.count else {
      throw ValidationError("--sigma has the same value twice for one model")
    }
  }

  private static let largestLevelCount = SmoothingExhibits.roles.count

  private var levels: [SmoothingExperiment.Level] {
    smoothing.deviations.enumerated().map { number, deviation in
      SmoothingExperiment.Level(
        model: .model(path: models.count == 1 ? models[0] : models[min(number, models.count - 1)]),
        deviation: deviation)
    }
  }

  private func data() throws -> DataSource { try dataOptions.source(for: levels.first?.model) }

  public var folderName: String { get throws { "smooth-\(try data().shortName)" } }

  public func experiment() throws -> SmoothingExperiment {
    SmoothingExperiment(
      SmoothingExperiment.Configuration(
        data: try data(), levels: levels, imageCount: smoothing.count, selectionCount: smoothing.selection,
        estimationCount: smoothing.samples, alpha: smoothing.alpha, epsilons: attacking.budgets,
        stepCount: attacking.steps, attackDrawCount: attacking.attackSamples, seed: common.seed),
      workerCount: common.workerCount, startsFresh: smoothing.fresh)
  }
}
