import Adversarial
import ArgumentParser
import Commands
import Foundation
import Networks

package struct SmoothCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "smooth",
    abstract: "Can one inject noise at inference? Randomized smoothing, with certified radii.",
    discussion: """
      Cohen, Rosenfeld, Kolter (2019): a network votes on noisy copies of an image. Where the vote is clear, no \
      perturbation within a radius in L2 can change it, whatever the attack. An attack on the vote shows what may be left \
      beyond. A network does best when trained with the same noise: intrigue train --noise SIGMA.

      Leaves figures/, certified.csv, attacked.csv, smoothing.csv and run.json. After Ctrl-C the same command goes on.
      """)

  @Argument(help: "Model files made by intrigue train: one for all --sigma, or one for each.")
  var models: [String]

  @OptionGroup var dataOptions: ShownDataOptions

  @Option(parsing: .upToNextOption, help: "Deviations of the noise, pixels being from 0 to 1. Default: 0.25.")
  var sigma: [Double] = []

  @Option(help: "Noisy copies of each image that estimate the share of its class.")
  var samples = 1000

  @Option(help: "Noisy copies before these that choose the class.")
  var selection = 100

  @Option(help: "Probability that a certificate, or an answer, is wrong.")
  var alpha = 0.001

  @Option(help: "Smooth so many held-out images, drawn at random.")
  var count = 200

  @Option(parsing: .upToNextOption, help: "Radii in L2 of the attacks. Default: 0.5 1 1.5 2.")
  var epsilon: [Double] = []

  @Flag(inversion: .prefixedNo, help: "Attack the vote, beside certifying it.")
  var attack = true

  @Option(help: "Steps of the attack, projected gradient descent.")
  var steps = 20

  @Option(help: "Noisy copies of which the attack climbs the mean.")
  var attackSamples = 16

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    for (name, value) in [
      ("--samples", samples), ("--selection", selection), ("--count", count), ("--steps", steps),
      ("--attack-samples", attackSamples),
    ] {
      try check((1...10_000_000).contains(value), "\(name) must be in 1...10000000, got \(value)")
    }
    try check(0 < alpha && alpha < 1, "--alpha must be between 0 and 1, got \(alpha)")
    try check(
      sigma.allSatisfy { $0 > 0 && $0.isFinite }, "--sigma takes positive numbers, got \(sigma)")
    try check(
      epsilon.allSatisfy { Float($0) > 0 && Float($0).isFinite },
      "--epsilon takes positive radii, got \(epsilon)")
    for radius in epsilon { try checkRadius(radius) }
    for deviation in sigma { try checkRadius(deviation, name: "--sigma") }
    try check(attack || epsilon.isEmpty, "--epsilon is of the attack; give it or --no-attack")
    try check(!models.isEmpty, "give a model file")
    let levels = levels.map { "\($0.model), \($0.deviation)" }
    try check(
      models.count == 1 || models.count == max(sigma.count, 1),
      "give one model for all --sigma or one for each: there are \(models.count) models and \(max(sigma.count, 1)) deviations"
    )
    try check(levels.count <= 6, "at most 6 deviations fit a figure, got \(levels.count)")
    try check(Set(levels).count == levels.count, "--sigma names a deviation twice for one model")
  }

  private var levels: [SmoothingExperiment.Level] {
    let deviations = sigma.isEmpty ? [0.25] : sigma
    return deviations.enumerated().map { number, deviation in
      SmoothingExperiment.Level(
        model: .model(path: models.count == 1 ? models[0] : models[min(number, models.count - 1)]),
        deviation: deviation)
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: levels.first?.model)
    let folder = output.folder(default: "smooth-\(data.shortName)")
    let experiment = SmoothingExperiment(
      SmoothingExperiment.Configuration(
        data: data, levels: levels, imageCount: count, selectionCount: selection,
        estimationCount: samples, alpha: alpha,
        epsilons: attack ? (epsilon.isEmpty ? [0.5, 1, 1.5, 2] : epsilon) : [], stepCount: steps,
        attackDrawCount: attackSamples, seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try Console(common).run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try Console(common).report(
      results,
      lines: results.lines + [
        "look at    \(folder.file("figures").relativePath)/: certified-accuracy.png, noise.png",
        "numbers    \(folder.file("smoothing.csv").relativePath), certified.csv",
      ])
  }
}
