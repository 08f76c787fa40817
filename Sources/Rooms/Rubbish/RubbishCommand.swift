import Adversarial
import ArgumentParser
import Commands
import Foundation
import Poisoning

package struct RubbishCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "rubbish",
    abstract: "What does a network see in noise? Rubbish-class and fooling images.",
    discussion: """
      Goodfellow, Shlens, Szegedy (2015), appendix: how much noise a network is sure of, for which classes it takes it, \
      and how often one gradient step makes noise an example of any class.

      Leaves figures/, rubbish.csv and run.json.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(help: "Classify so many images of noise.")
  var count = 10_000

  @Option(help: "Move so many of them towards every class.")
  var foolingCount = 1_000

  @Option(help: "Size of that step, for each pixel; the noise has deviation 1.")
  var epsilon = 0.25

  @Option(help: "The probability from which the network is taken to see a class.")
  var threshold = 0.5

  @Option(
    help:
      "How logits become probabilities: softmax, sigmoid, or exponential (networks that end in distances). Default: as the network was made and trained."
  )
  var scores: ScoreKind?

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    for (name, value) in [("--count", count), ("--fooling-count", foolingCount)] {
      guard (1...10_000_000).contains(value) else {
        throw ValidationError("\(name) must be in 1...10000000, got \(value)")
      }
    }
    try checkRadius(epsilon)
    guard epsilon > 0, epsilon.isFinite else {
      throw ValidationError("--epsilon must be positive, got \(epsilon)")
    }
    guard threshold > 0, threshold < 1 else {
      throw ValidationError("--threshold must be between 0 and 1, got \(threshold)")
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(default: "rubbish-\(data.shortName)")
    let experiment = RubbishExperiment(
      RubbishExperiment.Configuration(
        model: model.source, data: data, count: count, foolingCount: foolingCount,
        epsilon: epsilon, threshold: threshold, scores: scores, seed: common.seed),
      workerCount: common.workerCount)
    let results = try Console(common).run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    try Console(common).report(
      results,
      lines: results.sentences + [
        "look at    \(folder.file("figures").relativePath)/: rubbish.png, classes.png",
        "numbers    \(folder.file("rubbish.csv").relativePath)",
      ])
  }
}

extension ScoreKind: ExpressibleByArgument {}
