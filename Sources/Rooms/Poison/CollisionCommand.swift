import ArgumentParser
import Commands
import Datasets
import Foundation
import Lab
import Networks

package struct CollisionCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "collision",
    abstract: "Poisons with right labels that have the features of one image that is to be mistaken.",
    discussion: """
      Poison frogs (Shafahi et al. 2018): the poison looks like its own class and collides with a target on the feature \
      layer. Transfer: the victim trains the last layer again on frozen features, and one poison is made for each target. \
      End to end: it trains all layers again, and fifty poisons with a watermark are made. The defence removes images whose \
      label is not that of their neighbours in feature space (Peri et al. 2020).

      Leaves figures/, collision.csv, parts/ and run.json.
      """)

  enum Victim: String, ExpressibleByArgument, CaseIterable {
    case transfer
    case endToEnd = "end-to-end"
  }

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "An architecture's name or a .json file; it needs a hidden layer.")
  var architecture = "mlp"

  @Option(help: "Epochs of the clean network. Default: what suits the architecture.")
  var epochs: Int?

  @Option(help: "Train it on so many of the training images, drawn at random.")
  var trainingCount = 10_000

  @Option(help: "transfer, or end-to-end.")
  var victim: Victim = .transfer

  @Option(help: "Ordered pairs of classes, drawn at random.")
  var pairs = 10

  @Option(help: "Targets of each pair. Default: 10; end to end 2.")
  var targets: Int?

  @Option(help: "Poisons for each target. Default: 1; end to end 50.")
  var poisons: Int?

  @Option(help: "Opacity of the target in the base. Default: 0; end to end 0.3.")
  var watermark: Double?

  @Option(help: "β, what keeps a poison near its base. The paper's would be ¼ (features / pixels)².")
  var similarity = 0.3

  @Option(help: "Steps of forward–backward splitting.")
  var steps = 300

  @Option(
    help:
      "Transfer: images of each of the two classes that the victim trains on. Default: 100, or as many as there are."
  )
  var imagesPerClass: Int?

  @Option(help: "Transfer: λ of its logistic regression.")
  var decay = 0.001

  @Option(help: "End to end: epochs of the second training.")
  var retrainingEpochs = 5

  @Option(help: "End to end: its learning rate, of adam.")
  var learningRate: Float = 0.0005

  @Option(
    help:
      "k of the neighbour check. Default: 25, or more than twice the poisons, but fewer than a class has images."
  )
  var neighbours: Int?

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  private var isTransfer: Bool { victim == .transfer }

  package func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    _ = try ArchitectureChoice(argument: architecture)
    for (name, value) in [
      ("--pairs", pairs), ("--targets", targets ?? 1), ("--poisons", poisons ?? 1),
      ("--images-per-class", imagesPerClass ?? 1), ("--retraining-epochs", retrainingEpochs),
      ("--neighbours", neighbours ?? 1), ("--steps", steps), ("--training-count", trainingCount),
    ] {
      try check((1...1_000_000).contains(value), "\(name) must be in 1...1000000, got \(value)")
    }
    try check((0...100_000).contains(epochs ?? 1), "--epochs must be in 0...100000, got \(epochs ?? 1)")
    try check((0...1).contains(watermark ?? 0), "--watermark must be between 0 and 1, got \(watermark ?? 0)")
    try check(
      (0..<Double.infinity).contains(similarity),
      "--similarity must not be negative, got \(similarity)")
    try check(decay > 0 && decay.isFinite, "--decay must be positive, got \(decay)")
    try check(
      learningRate > 0 && learningRate.isFinite, "--learning-rate must be positive, got \(learningRate)")
  }

  package func run() throws {
    let folder = output.folder(
      default: "poison-collision-\(victim.rawValue)-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let choice = try ArchitectureChoice(argument: architecture)
    var training = choice.recommendedTraining(seed: common.seed)
    if let epochs { training.epochCount = epochs }
    let again = TrainingConfiguration(
      epochCount: retrainingEpochs, optimizer: .adam(weightDecay: 0),
      learningRate: LearningRate(initial: learningRate), seed: common.seed)
    let experiment = CollisionExperiment(
      CollisionExperiment.Configuration(
        data: try dataOptions.source(),
        network: VictimTraining(architecture: choice, training: training, imageCount: trainingCount),
        victim: isTransfer
          ? .transfer(imagesPerClass: imagesPerClass ?? 100, decay: decay) : .endToEnd(again),
        pairCount: pairs, targetsPerPair: targets ?? (isTransfer ? 10 : 2),
        poisonCount: poisons ?? (isTransfer ? 1 : 50), similarity: similarity, stepCount: steps,
        watermark: watermark ?? (isTransfer ? 0 : 0.3), neighbourCount: neighbours),
      given: Set(
        (imagesPerClass == nil ? [] : [.imagesPerClass]) + (poisons == nil ? [] : [.poisonCount])),
      workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "The same command goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      results,
      lines: results.sentences + [
        "look at    \(folder.file("figures").relativePath)/: success.png, poisons.png",
        "numbers    \(folder.file("collision.csv").relativePath)",
      ])
  }
}
