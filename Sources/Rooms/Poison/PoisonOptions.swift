import ArgumentParser
import Commands
import Lab

/// The network of a poisoning experiment and its training.
struct VictimOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Name of an architecture with a hidden layer, or a JSON file that describes one.",
      valueName: "NAME|FILE"), completion: ArchitectureChoice.completion)
  var architecture = "mlp"

  @Option(help: ArgumentHelp("Epochs of training. Default: depends on the architecture.", valueName: "N"))
  var epochs: Int?

  @Option(
    help: ArgumentHelp(
      "Number of training images, a random sample; the others are not used.", valueName: "N"))
  var trainingCount = 10_000

  func validate() throws {
    try requireEpochs("--epochs", epochs)
    try require("--training-count", trainingCount, in: 2...10_000_000)
    _ = try ArchitectureChoice(argument: architecture)
  }

  func training(seed: UInt64) throws -> VictimTraining {
    let choice = try ArchitectureChoice(argument: architecture)
    var training = choice.recommendedTraining(seed: seed)
    if let epochs { training.epochCount = epochs }
    return VictimTraining(architecture: choice, training: training, imageCount: trainingCount)
  }
}

/// Networks that are trained again and again, for each share of poison.
struct RepeatedVictimOptions: ParsableArguments {
  @OptionGroup var victim: VictimOptions

  @Option(
    help: ArgumentHelp("Networks per share, with consecutive seeds from --seed on.", valueName: "N"))
  var networks = 5

  func validate() throws { try require("--networks", networks, in: 1...1000) }
}
