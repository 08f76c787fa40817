import ArgumentParser
import Commands
import Foundation

package struct LabelPoisonCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "Wrong labels on more and more training images, with and without trimming.",
    discussion: """
      Labels are flipped at random, or from one class to another with --from and --to. The defence trains, drops the \
      images of largest loss, and trains again (iterative trimmed loss, Shen and Sanghavi 2019).

      Leaves figures/, labels.csv, parts/ and run.json.
      """)

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var victim: VictimOptions

  @Option(help: "Shares of flipped labels, with commas between; 0 is always among them.")
  var shares = "0,0.1,0.2,0.3,0.4,0.5"

  @Option(help: "Flip labels of this class only, by name or number; needs --to.")
  var from: String?

  @Option(help: "The label they get.")
  var to: String?

  @Option(
    help:
      "How many images the defence drops: known (as many as were flipped), estimated (as many as the first network gets wrong), or a share; several with commas between, or none."
  )
  var trim = "known,estimated"

  @Option(help: "How often it drops and trains again.")
  var rounds = 2

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    guard (from == nil) == (to == nil) else { throw ValidationError("--from and --to are given together") }
    guard (1...100).contains(rounds) else {
      throw ValidationError("--rounds must be in 1...100, got \(rounds)")
    }
    _ = try VictimOptions.shares(shares, option: "--shares")
    _ = try trimmings()
  }

  private func trimmings() throws -> [LabelPoisonExperiment.Trimming] {
    guard trim != "none" else { return [] }
    let found = try trim.split(separator: ",", omittingEmptySubsequences: false).map {
      part -> LabelPoisonExperiment.Trimming in
      switch part {
      case "known": return .known
      case "estimated": return .estimated
      default:
        guard let share = Double(part), share > 0, share < 1 else {
          throw ValidationError("--trim takes known, estimated, none or shares between 0 and 1, got \(trim)")
        }
        return .share(share)
      }
    }
    guard Set(found).count == found.count else { throw ValidationError("--trim names one twice: \(trim)") }
    return found
  }

  package func run() throws {
    let folder = output.folder(default: "poison-labels-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let pattern: LabelPoisonExperiment.Pattern =
      if let from, let to { .targeted(from: from, to: to) } else { .random }
    let experiment = LabelPoisonExperiment(
      LabelPoisonExperiment.Configuration(
        data: try dataOptions.source(), victim: try victim.training(seed: common.seed), pattern: pattern,
        shares: try VictimOptions.shares(shares, option: "--shares"), repetitions: victim.networks,
        trimmings: try trimmings(), rounds: rounds),
      workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "The same command goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      results,
      lines: results.sentences + [
        "look at    \(folder.file("figures").relativePath)/: error.png, neurons.png",
        "numbers    \(folder.file("labels.csv").relativePath)",
      ])
  }
}
