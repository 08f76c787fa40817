import Adversarial
import ArgumentParser
import Commands
import Foundation

public struct LinearPoisonOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "linear",
    abstract: "Optimise training points that raise the error of a linear classifier.",
    discussion: """
      Example: intrigue poison linear --data mnist --pairs "7,1 9,8" --points 5

      After Biggio, Nelson and Laskov (2012), with logistic regression instead of a support vector machine: training \
      points follow the gradient of the validation loss through the optimality conditions of the training. The control \
      is the same points with only their label flipped; the defence drops the points of largest loss.

      Leaves figures/, linear.csv, parts/ and run.json. If interrupted, rerun the same command to resume.
      """)

  public static let resume = Resume.same

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Training") var training: Training
  @OptionGroup(title: "Attack") var attack: Attack
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Training: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Number of training points. Default: 100, or fewer if a class has too few images.", valueName: "N"))
    var trainingCount: Int?

    @Option(
      help: ArgumentHelp(
        "Number of validation points, whose loss the attack raises. Default: 500, or fewer if a class has too few images.",
        valueName: "N"))
    var validationCount: Int?

    @Option(
      help: ArgumentHelp(
        "λ of the logistic regression, which minimises λ/2 ‖w‖² plus the sum of the losses.",
        valueName: "LAMBDA"))
    var decay = 1.0

    @Option(help: ArgumentHelp("Draws of the training points for each pair.", valueName: "N"))
    var draws = 5

    func validate() throws {
      try require("--training-count", trainingCount, in: 2...100_000)
      try require("--validation-count", validationCount, in: 1...100_000)
      try requirePositive("--decay", decay)
      try require("--draws", draws, in: 1...1000)
    }
  }

  struct Attack: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Pairs of an attacking and an attacked class, by name or number: \"7,1 9,8\", or with semicolons if a name contains a space: \"Ankle boot,Sneaker; Bag,Coat\". Default: 7,1 9,8 4,0, or the first pairs of classes if the data lack one of these.",
        valueName: "LIST"))
    var pairs: String?

    @Option(
      help: ArgumentHelp(
        "Number of poison points, optimised one after the other. Default: 10, or fewer if a class has too few images.",
        valueName: "N"))
    var points: Int?

    @Option(help: ArgumentHelp("Gradient steps of each point.", valueName: "N"))
    var steps = 40

    @Option(
      help: ArgumentHelp("ℓ2 length of the first step; pixels lie in [0, 1].", valueName: "LENGTH"))
    var stepSize = 1.0

    func validate() throws {
      try require("--points", points, in: 1...10_000)
      try require("--steps", steps, in: 0...100_000)
      try requirePositive("--step-size", stepSize)
      _ = try classes()
    }

    func classes() throws -> [[String]] {
      guard let pairs else { return LinearPoisonExperiment.printedPairs }
      // Names may contain spaces in a single pair, and in pairs separated by semicolons.
      let isSingle = pairs.count { $0 == "," } == 1
      let found = pairs.split(separator: isSingle || pairs.contains(";") ? ";" : " ").map { pair in
        pair.split(separator: ",", omittingEmptySubsequences: false).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
      }
      guard !found.isEmpty, found.allSatisfy({ $0.count == 2 && $0[0] != $0[1] && !$0.contains("") }) else {
        throw ValidationError(
          "--pairs takes pairs of two different classes, such as \"7,1 9,8\" or \"Ankle boot,Sneaker; Bag,Coat\", got \"\(pairs)\""
        )
      }
      return found
    }
  }

  public init() {}

  public var folderName: String { "poison-linear-\(dataOptions.shortName)" }

  public func experiment() throws -> LinearPoisonExperiment {
    let given: [(LinearPoisonExperiment.Setting, Bool)] = [
      (.pairs, attack.pairs != nil), (.trainingCount, training.trainingCount != nil),
      (.validationCount, training.validationCount != nil), (.pointCount, attack.points != nil),
    ]
    return LinearPoisonExperiment(
      LinearPoisonExperiment.Configuration(
        data: try dataOptions.source(), pairs: try attack.classes(),
        trainingCount: training.trainingCount ?? 100, validationCount: training.validationCount ?? 500,
        pointCount: attack.points ?? 10, stepCount: attack.steps, stepSize: attack.stepSize,
        decay: training.decay, repetitions: training.draws, seed: common.seed),
      given: Set(given.filter(\.1).map(\.0)), workerCount: common.workerCount)
  }
}
