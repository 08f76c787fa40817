import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab

public struct ShiftOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "shift",
    abstract: "Compare robustness to common corruptions with robustness to adversarial attack.",
    discussion: """
      Example: intrigue shift --data fashion-mnist --recipes noise,domains --networks 3

      Trains networks on plain images, shifted images, noisy images, and images of several domains with and without \
      noise. Measures each network's accuracy on corrupted held-out images of kinds it was not trained on, and the \
      distance of the smallest adversarial perturbation found.

      Leaves figures/, networks.csv, corruptions.csv, recipes.csv, networks/ and run.json. If interrupted, rerun the same \
      command to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Training") var training: Training
  @OptionGroup(title: "Evaluation") var evaluation: Evaluation
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Training: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Name of an architecture, or a JSON file that describes one.", valueName: "NAME|FILE"),
      completion: ArchitectureChoice.completion)
    var architecture = "mlp"

    @Option(
      help: ArgumentHelp(
        "Training recipes to compare with plain: moved, noise, scenes, domains, separated by commas. Default: all.",
        valueName: "LIST"))
    var recipes: String?

    @Option(help: ArgumentHelp("Networks per recipe; an interval needs at least 3.", valueName: "N"))
    var networks = 3

    @Option(help: ArgumentHelp("Epochs of training. Default: depends on the architecture.", valueName: "N"))
    var epochs: Int?

    @Option(
      help: ArgumentHelp(
        "Standard deviation of the noise in the recipe noise; pixels lie in [0, 1].", valueName: "SIGMA"))
    var noise: Float = 0.3

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws {
      try requireCount("--networks", networks)
      try requireEpochs("--epochs", epochs)
      try requirePositive("--noise", noise)
      try checkRadius(Double(noise), name: "--noise")
      _ = try ArchitectureChoice(argument: architecture)
    }
  }

  struct Evaluation: ParsableArguments {
    @Option(help: ArgumentHelp("Number of held-out images to corrupt, a random sample.", valueName: "N"))
    var images = 1000

    @Option(help: ArgumentHelp("Number of these images to attack.", valueName: "N"))
    var attacked = 200

    @Option(help: ArgumentHelp("ℓ2 budget of robust accuracy.", valueName: "EPSILON"))
    var epsilon = 1.0

    @Option(help: ArgumentHelp("Steps of both attacks, DDN and projected gradient descent.", valueName: "N"))
    var steps = 50

    func validate() throws {
      for (name, value) in [("--images", images), ("--attacked", attacked), ("--steps", steps)] {
        try requireCount(name, value)
      }
      try requirePositive("--epsilon", epsilon)
      try checkRadius(epsilon)
    }
  }

  public init() {}

  public func validate() throws { _ = try chosenRecipes() }

  private func chosenRecipes() throws -> [ShiftRecipe] {
    guard let recipes = training.recipes else { return ShiftRecipe.allCases }
    return try [.plain]
      + recipes.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let recipe = ShiftRecipe(rawValue: String(name)) else {
          let known = ShiftRecipe.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--recipes takes a list of \(known), separated by commas, got \(recipes)")
        }
        return recipe
      }
  }

  public var folderName: String { "shift-\(dataOptions.shortName)" }

  public func experiment() throws -> ShiftExperiment {
    let choice = try ArchitectureChoice(argument: training.architecture)
    var settings = choice.recommendedTraining(seed: common.seed)
    if let epochs = training.epochs { settings.epochCount = epochs }
    return ShiftExperiment(
      ShiftExperiment.Configuration(
        data: try dataOptions.source(), architecture: choice, training: settings,
        recipes: try chosenRecipes(), networkCount: training.networks, noise: training.noise,
        imageCount: evaluation.images, attackCount: evaluation.attacked, epsilon: evaluation.epsilon,
        stepCount: evaluation.steps, seed: common.seed),
      workerCount: common.workerCount, startsFresh: training.fresh)
  }
}
