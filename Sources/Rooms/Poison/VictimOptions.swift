import ArgumentParser
import Lab

/// How the networks of a poisoning experiment are trained.
struct VictimOptions: ParsableArguments {
  @Option(help: "An architecture's name or a .json file; it needs a hidden layer.")
  var architecture = "mlp"

  @Option(help: "Epochs. Default: what suits the architecture.")
  var epochs: Int?

  @Option(help: "Train on so many of the training images, drawn at random.")
  var trainingCount = 10_000

  @Option(help: "Networks for each share, with seeds one after the other from --seed on.")
  var networks = 5

  func validate() throws {
    guard (0...100_000).contains(epochs ?? 1) else {
      throw ValidationError("--epochs must be in 0...100000, got \(epochs ?? 1)")
    }
    guard (2...10_000_000).contains(trainingCount) else {
      throw ValidationError("--training-count must be in 2...10000000, got \(trainingCount)")
    }
    guard (1...1000).contains(networks) else {
      throw ValidationError("--networks must be between 1 and 1000, got \(networks)")
    }
    _ = try ArchitectureChoice(argument: architecture)
  }

  func training(seed: UInt64) throws -> VictimTraining {
    let choice = try ArchitectureChoice(argument: architecture)
    var training = choice.recommendedTraining(seed: seed)
    if let epochs { training.epochCount = epochs }
    return VictimTraining(architecture: choice, training: training, imageCount: trainingCount)
  }

  /// `0,0.1,0.5`
  static func shares(_ text: String, option: String) throws -> [Double] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    let shares = parts.compactMap(\.self)
    guard shares.count == parts.count, shares.allSatisfy({ (0...1).contains($0) }) else {
      throw ValidationError(
        "\(option) takes shares from 0 to 1 with commas between, such as 0.1,0.3, got \(text)")
    }
    return shares
  }
}
