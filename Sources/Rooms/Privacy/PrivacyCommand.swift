import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab
import TrainRoom

package struct PrivacyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "privacy",
    abstract: "Does differential privacy help against adversarial images?",
    discussion: """
      Trains networks that are not private, that are clipped without noise, and that are private for each ε, all with the \
      same seeds; beside each private one a network that was stopped at the same accuracy. Measures accuracy, the distance \
      to the nearest adversarial image, robust accuracy, and what a network tells of who was trained on.

      Leaves privacy.txt, privacy.csv, summary.csv, figures/, networks/ and run.json. After Ctrl-C the same command goes \
      on.
      """)

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "An architecture's name or a .json file; one without batch normalization.")
  var architecture = "mlp"

  @Option(help: "The ε of private networks, with commas between.")
  var epsilons = "8,2,0.5"

  @Option(help: "δ, the chance that the promise of ε does not cover.")
  var delta = 1e-5

  @Option(help: "Longest gradient of an image, L2; longer ones are shortened to it.")
  var clip = 1.0

  @Option(help: "Networks of each kind, each with a seed of its own.")
  var networks = 3

  @Option(help: "Epochs of each network. Default: 8.")
  var epochs: Int?

  @Option(help: "Expected images of a step. Default: 600.")
  var lot: Int?

  @Option(help: "Learning rate. Default: 0.5.")
  var learningRate: Float?

  @Option(help: "Attack so many held-out images, drawn at random.")
  var count = 500

  @Option(help: "L2 within which robust accuracy is told; pixels from 0 to 1.")
  var radius = 1.0

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    _ = try parsedEpsilons()
    try PrivacyOptions.check(delta: delta, clip: clip)
    try check((1...100).contains(networks), "--networks must be in 1...100, got \(networks)")
    try check((1...10_000).contains(epochs ?? 1), "--epochs must be in 1...10000, got \(epochs ?? 1)")
    try check((1...16_384).contains(lot ?? 1), "--lot must be in 1...16384, got \(lot ?? 1)")
    let rate = learningRate ?? 1
    try check(rate > 0 && rate.isFinite, "--learning-rate must be positive, got \(rate)")
    try check(count > 0, "--count must be at least 1, got \(count)")
    try check(radius > 0 && radius.isFinite, "--radius must be positive, got \(radius)")
    try checkRadius(radius, name: "--radius")
    _ = try ArchitectureChoice(argument: architecture)
  }

  private func parsedEpsilons() throws -> [Double] {
    let parts = epsilons.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Double($0) }
    guard values.count == parts.count, values.allSatisfy({ $0 > 0 && $0.isFinite }),
      Set(values).count == values.count
    else {
      throw ValidationError(
        "--epsilons takes different positive numbers with commas between, such as 8,2,0.5, got \(epsilons)")
    }
    return values
  }

  package func run() throws {
    var training = PrivacyExperiment.Configuration.suggestedTraining(seed: common.seed)
    if let epochs { training.epochCount = epochs }
    if let lot { training.batchSize = lot }
    training.microBatch = min(training.microBatch, training.batchSize)
    if let learningRate { training.learningRate.initial = learningRate }
    let folder = output.folder(default: "privacy-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let console = Console(common)
    let experiment = PrivacyExperiment(
      PrivacyExperiment.Configuration(
        data: try dataOptions.source(), architecture: try .init(argument: architecture),
        epsilons: try parsedEpsilons(), delta: delta,
        clip: clip, networkCount: networks, training: training, imageCount: count, radius: radius),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    let figures = ["accuracy.png", "distance.png", "robust-accuracy.png", "membership.png"].filter {
      folder.exists("figures/\($0)")
    }
    try console.report(
      results,
      lines: results.lines + [
        "",
        "look at    \(folder.file("figures").relativePath)/: \(figures.joined(separator: ", "))",
        "numbers    \(folder.file("privacy.csv").relativePath), \(folder.file("summary.csv").relativePath)",
      ])
  }
}
