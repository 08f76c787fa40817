import Adversarial
import ArgumentParser
import Commands
import Figures
import Lab

public struct LabelPoisonOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "labels",
    abstract: "Flip training labels, and defend by trimming the largest losses.",
    discussion: """
      Example: intrigue poison labels --data mnist --shares 0,0.3,0.5 --networks 3

      Trains networks on training images with flipped labels: at random, or from one class to another with --from and \
      --to. The defence trains a network, drops the images of largest loss, and retrains on the rest (iterative trimmed \
      loss, Shen and Sanghavi 2019).

      Leaves figures/, labels.csv, parts/ and run.json. If interrupted, rerun the same command to resume.
      """)

  public static let resume = Resume.same

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Training") var victim: RepeatedVictimOptions
  @OptionGroup(title: "Attack") var attack: Attack
  @OptionGroup(title: "Defence") var defence: Defence
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Attack: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Shares of flipped labels, separated by commas; 0 is always included.", valueName: "LIST"))
    var shares = "0,0.1,0.2,0.3,0.4,0.5"

    @Option(
      help: ArgumentHelp(
        "Flip labels of this class only, by name or number; requires --to.", valueName: "CLASS"))
    var from: String?

    @Option(help: ArgumentHelp("New label of the flipped images; requires --from.", valueName: "CLASS"))
    var to: String?

    func validate() throws {
      guard (from == nil) == (to == nil) else {
        throw ValidationError("--from and --to must be given together")
      }
      _ = try PoisonedShares.parsed(shares)
    }
  }

  struct Defence: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Numbers of images to drop, separated by commas: known (the number of flipped labels), estimated (the number of training images that the first network misclassifies), or a share of the training images; or none.",
        valueName: "LIST"))
    var trim = "known,estimated"

    @Option(help: ArgumentHelp("Rounds of dropping images and retraining.", valueName: "N"))
    var rounds = 2

    func validate() throws {
      try require("--rounds", rounds, in: 1...100)
      _ = try trimmings()
    }

    func trimmings() throws -> [LabelPoisonExperiment.Trimming] {
      guard trim != "none" else { return [] }
      let found = try trim.split(separator: ",", omittingEmptySubsequences: false).map {
        part -> LabelPoisonExperiment.Trimming in
        switch part {
        case "known": return .known
        case "estimated": return .estimated
        default:
          guard let share = Double(part), share > 0, share < 1 else {
            throw ValidationError(
              "--trim takes known, estimated, none or numbers between 0 and 1, separated by commas, got \(trim)"
            )
          }
          return .share(share)
        }
      }
      guard Set(found).count == found.count else {
        throw ValidationError("--trim must not repeat a value, got \(trim)")
      }
      return found
    }
  }

  public init() {}

  public var folderName: String { "poison-labels-\(dataOptions.shortName)" }

  public func experiment() throws -> LabelPoisonExperiment {
    let pattern: LabelPoisonExperiment.Pattern =
      if let from = attack.from, let to = attack.to { .targeted(from: from, to: to) } else { .random }
    return LabelPoisonExperiment(
      LabelPoisonExperiment.Configuration(
        data: try dataOptions.source(), victim: try victim.victim.training(seed: common.seed),
        pattern: pattern, shares: try PoisonedShares.parsed(attack.shares), repetitions: victim.networks,
        trimmings: try defence.trimmings(), rounds: defence.rounds),
      workerCount: common.workerCount)
  }
}
