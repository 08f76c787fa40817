import ArgumentParser
import Commands
import Foundation

package struct LinearPoisonCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "linear", abstract: "Points moved to where they hurt a linear classifier most.",
    discussion: """
      After Biggio, Nelson and Laskov (2012), with logistic regression in the place of their support vector machine: the \
      gradient of the validation loss with respect to a training point, through the conditions of the minimum. Beside it \
      the same points with nothing but a wrong label, and dropping the points of largest loss as a defence.

      Leaves figures/, linear.csv, parts/ and run.json.
      """)

  @OptionGroup var dataOptions: DataOptions

  @Option(
    help:
      "Attacking and attacked class, by name or number, with a comma between; several pairs with blanks between, or with semicolons where a name has a blank. Default: 7,1 9,8 4,0, or the first pairs of classes where the data lack one of these."
  )
  var pairs: String?

  @Option(help: "Training points. Default: 100, or fewer where the data have fewer images.")
  var trainingCount: Int?

  @Option(help: "Validation points, whose loss is made large. Default: 500, or fewer.")
  var validationCount: Int?

  @Option(help: "Poison points, one after the other. Default: 10, or fewer.")
  var points: Int?

  @Option(help: "Steps of each point.")
  var steps = 40

  @Option(help: "Length of the first step, in pixels.")
  var stepSize = 1.0

  @Option(help: "λ of the logistic regression; its sum of squares is halved and its losses are added up.")
  var decay = 1.0

  @Option(help: "Draws of the training points for each pair.")
  var draws = 5

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    for (name, value, range) in [
      ("--training-count", trainingCount ?? 2, 2...100_000),
      ("--validation-count", validationCount ?? 1, 1...100_000), ("--points", points ?? 1, 1...10_000),
      ("--steps", steps, 0...100_000), ("--draws", draws, 1...1000),
    ] {
      guard range.contains(value) else {
        throw ValidationError("\(name) must be in \(range.lowerBound)...\(range.upperBound), got \(value)")
      }
    }
    guard stepSize > 0, stepSize.isFinite else {
      throw ValidationError("--step-size must be positive, got \(stepSize)")
    }
    guard decay > 0, decay.isFinite else { throw ValidationError("--decay must be positive, got \(decay)") }
    _ = try classes()
  }

  private func classes() throws -> [[String]] {
    let pairs = pairs ?? "7,1 9,8 4,0"
    // One pair alone, or pairs with semicolons between, may have names with blanks.
    let isOne = pairs.count { $0 == "," } == 1
    let found = pairs.split(separator: isOne || pairs.contains(";") ? ";" : " ").map { pair in
      pair.split(separator: ",", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    guard !found.isEmpty, found.allSatisfy({ $0.count == 2 && $0[0] != $0[1] && !$0.contains("") }) else {
      throw ValidationError(
        "--pairs takes pairs of two different classes such as \"7,1 9,8\" or \"Ankle boot,Sneaker; Bag,Coat\", got \"\(pairs)\""
      )
    }
    return found
  }

  package func run() throws {
    let folder = output.folder(default: "poison-linear-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let given: [(LinearPoisonExperiment.Setting, Bool)] = [
      (.pairs, pairs != nil), (.trainingCount, trainingCount != nil),
      (.validationCount, validationCount != nil), (.pointCount, points != nil),
    ]
    let experiment = LinearPoisonExperiment(
      LinearPoisonExperiment.Configuration(
        data: try dataOptions.source(), pairs: try classes(), trainingCount: trainingCount ?? 100,
        validationCount: validationCount ?? 500, pointCount: points ?? 10, stepCount: steps,
        stepSize: stepSize,
        decay: decay, repetitions: draws, seed: common.seed),
      given: Set(given.filter(\.1).map(\.0)), workerCount: common.workerCount)
    let console = Console(common)
    let results = try console.run(resume: "The same command goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      results,
      lines: results.sentences + [
        "look at    \(folder.file("figures").relativePath)/: error-1.png …, points.png",
        "numbers    \(folder.file("linear.csv").relativePath)",
      ])
  }
}
