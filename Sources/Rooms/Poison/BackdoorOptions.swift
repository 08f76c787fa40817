import Adversarial
import ArgumentParser
import Commands
import Poisoning

public struct BackdoorOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "backdoor",
    abstract: "Train a backdoor into networks, and defend by activation clustering.",
    discussion: """
      Example: intrigue poison backdoor --data mnist --shares 0.003,0.03 --patch 3

      BadNets (Gu et al. 2017): a share of the training images receives a trigger and the label of the target class; \
      images with the trigger are later predicted as that class. The defence clusters the features of each label's \
      training images (activation clustering, Chen et al. 2018) and retrains without suspicious clusters.

      Leaves figures/, backdoor.csv, clusters.csv, parts/ and run.json. If interrupted, rerun the same command to resume.
      """)

  public static let resume = Resume.same

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Training") var victim: RepeatedVictimOptions
  @OptionGroup(title: "Attack") var attack: Attack
  @OptionGroup(title: "Defence") var defence: Defence
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Attack: ParsableArguments {
    @Option(help: ArgumentHelp("Target class, by name or number.", valueName: "CLASS"))
    var target = "0"

    @Option(
      help: ArgumentHelp(
        "Shares of poisoned training images, separated by commas; 0 is always included. Default: \(usualShares), without shares that are impossible with the data.",
        valueName: "LIST"))
    var shares: String?

    private static let usualShares = "0,0.001,0.003,0.01,0.03,0.1"

    @Option(
      help: ArgumentHelp(
        "Side in pixels of the trigger, a checkered white patch near the lower right corner.", valueName: "N")
    )
    var patch = 3

    @Option(
      help: ArgumentHelp(
        "Opacity of noise over the whole image, as the trigger instead of the patch.", valueName: "OPACITY"))
    var blend: Double?

    var trigger: Trigger.Kind { blend.map { .blend(opacity: $0) } ?? .patch(side: patch) }

    func chosenShares() throws -> [Double] { try PoisonedShares.parsed(shares ?? Self.usualShares) }

    func validate() throws {
      try require("--patch", patch, in: 1...1000)
      try requirePositive("--blend", blend)
      try require("--blend", blend, in: 0...1)
      _ = try chosenShares()
    }
  }

  struct Defence: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Kind of components that the features are reduced to before clustering.", valueName: "KIND"))
    var reduction: ActivationClustering.Reduction = .independent

    @Option(help: ArgumentHelp("Number of components.", valueName: "N"))
    var components = 10

    @Option(
      help: ArgumentHelp(
        "Largest share of a label's images in the smaller of its two clusters for the label to be suspicious.",
        valueName: "SHARE"))
    var sizeLimit = 0.35

    @Option(
      help: ArgumentHelp(
        "Smallest silhouette of the two clusters for the label to be suspicious, from −1 to 1.",
        valueName: "SILHOUETTE"))
    var silhouette = 0.1

    var settings: ActivationClustering.Settings {
      ActivationClustering.Settings(
        reduction: reduction, componentCount: components, sizeLimit: sizeLimit, silhouetteLimit: silhouette)
    }

    func validate() throws {
      try require("--components", components, in: 1...1000)
      try require("--size-limit", sizeLimit, in: 0...1)
      try require("--silhouette", silhouette, in: -1...1)
    }
  }

  public init() {}

  public var folderName: String { "poison-backdoor-\(dataOptions.shortName)" }

  public func experiment() throws -> BackdoorExperiment {
    BackdoorExperiment(
      BackdoorExperiment.Configuration(
        data: try dataOptions.source(), victim: try victim.victim.training(seed: common.seed),
        trigger: attack.trigger, target: attack.target, shares: try attack.chosenShares(),
        repetitions: victim.networks, clustering: defence.settings),
      areSharesGiven: attack.shares != nil, workerCount: common.workerCount)
  }
}

extension ActivationClustering.Reduction: ExpressibleByArgument {}
