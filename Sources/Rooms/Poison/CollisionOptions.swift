import Adversarial
import ArgumentParser
import Commands
import Datasets
import Lab
import Networks

public struct CollisionOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "collision",
    abstract: "Clean-label poisoning by feature collision, with the neighbour check as defence.",
    discussion: """
      Example: intrigue poison collision --data mnist --pairs 10 --targets 5

      Poison frogs (Shafahi et al. 2018): a poison looks like its own class, whose label it keeps, and has the features of \
      a target image. A transfer victim retrains its last layer on frozen features, with one poison for each target. An \
      end-to-end victim retrains all layers, with fifty poisons that contain a watermark of the target. The defence \
      removes images whose label differs from that of their neighbours in feature space (Peri et al. 2020).

      Leaves figures/, collision.csv, parts/ and run.json. If interrupted, rerun the same command to resume.
      """)

  public static let resume = Resume.same

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case transfer
    case endToEnd = "end-to-end"
  }

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Training of the clean network") var network: VictimOptions
  @OptionGroup(title: "Attack") var attack: Attack
  @OptionGroup(title: "Victim") var victim: Victim
  @OptionGroup(title: "Defence") var defence: Defence
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Attack: ParsableArguments {
    @Option(help: ArgumentHelp("Number of ordered pairs of classes, a random sample.", valueName: "N"))
    var pairs = 10

    @Option(
      help: ArgumentHelp("Number of target images for each pair. Default: 10; end-to-end 2.", valueName: "N"))
    var targets: Int?

    @Option(
      help: ArgumentHelp("Number of poisons for each target. Default: 1; end-to-end 50.", valueName: "N"))
    var poisons: Int?

    @Option(
      help: ArgumentHelp(
        "Opacity of the target's watermark in the base images. Default: 0; end-to-end 0.3.",
        valueName: "OPACITY"))
    var watermark: Double?

    @Option(
      help: ArgumentHelp(
        "β, the weight of a poison's similarity to its base image.", valueName: "BETA"))
    var similarity = 0.3

    @Option(help: ArgumentHelp("Steps of forward–backward splitting.", valueName: "N"))
    var steps = 300

    func validate() throws {
      for (name, value) in [
        ("--pairs", pairs), ("--targets", targets), ("--poisons", poisons), ("--steps", steps),
      ] as [(String, Int?)] {
        try require(name, value, in: 1...1_000_000)
      }
      try require("--watermark", watermark, in: 0...1)
      try requireNotNegative("--similarity", similarity)
    }
  }

  struct Victim: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Layers that the victim retrains: the last one (transfer), or all (end-to-end).", valueName: "KIND"))
    var victim: Kind = .transfer

    @Option(
      help: ArgumentHelp(
        "Transfer: number of the victim's training images of each of the two classes. Default: 100, or fewer if a class has fewer.",
        valueName: "N"))
    var imagesPerClass: Int?

    @Option(
      help: ArgumentHelp(
        "Transfer: λ, the weight decay of the logistic regression.", valueName: "LAMBDA"))
    var decay = 0.001

    @Option(help: ArgumentHelp("End-to-end: epochs of retraining.", valueName: "N"))
    var retrainingEpochs = 5

    @Option(help: ArgumentHelp("End-to-end: learning rate of retraining, by Adam.", valueName: "RATE"))
    var learningRate: Float = 0.0005

    func validate() throws {
      try require("--images-per-class", imagesPerClass, in: 1...1_000_000)
      try requirePositive("--decay", decay)
      try require("--retraining-epochs", retrainingEpochs, in: 1...1_000_000)
      try requirePositive("--learning-rate", learningRate)
    }
  }

  struct Defence: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "k of the neighbour check. Default: 25, or twice the poisons and one if that is more, but fewer than the images of a class.",
        valueName: "N"))
    var neighbours: Int?

    func validate() throws { try require("--neighbours", neighbours, in: 1...1_000_000) }
  }

  public init() {}

  public var folderName: String { "poison-collision-\(victim.victim.rawValue)-\(dataOptions.shortName)" }

  public func experiment() throws -> CollisionExperiment {
    let isTransfer = victim.victim == .transfer
    let retraining = TrainingConfiguration(
      epochCount: victim.retrainingEpochs, optimizer: .adam(weightDecay: 0),
      learningRate: LearningRate(initial: victim.learningRate), seed: common.seed)
    return CollisionExperiment(
      CollisionExperiment.Configuration(
        data: try dataOptions.source(), network: try network.training(seed: common.seed),
        victim: isTransfer
          ? .transfer(imagesPerClass: victim.imagesPerClass ?? 100, decay: victim.decay)
          : .endToEnd(retraining),
        pairCount: attack.pairs, targetsPerPair: attack.targets ?? (isTransfer ? 10 : 2),
        poisonCount: attack.poisons ?? (isTransfer ? 1 : 50), similarity: attack.similarity,
        stepCount: attack.steps, watermark: attack.watermark ?? (isTransfer ? 0 : 0.3),
        neighbourCount: defence.neighbours),
      given: Set(
        (victim.imagesPerClass == nil ? [] : [.imagesPerClass])
          + (attack.poisons == nil ? [] : [.poisonCount])),
      workerCount: common.workerCount)
  }
}
