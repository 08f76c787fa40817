import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab

package struct ShiftCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "shift",
    abstract: "Does resistance to domain shift bring resistance to attack?",
    discussion: """
      Trains networks that differ in what they are shown: plain images, moved ones, images with noise, images of several \
      domains with noise among them or without. Measures of each how it stands corruptions of held-out images that it has not seen, and how far images must \
      be moved to be lost.

      Leaves figures/, networks.csv, corruptions.csv, recipes.csv, networks/ and run.json. After Ctrl-C the same command \
      goes on.
      """)

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "An architecture's name or a .json file.")
  var architecture = "mlp"

  @Option(
    help:
      "Recipes of training beside plain: moved, noise, scenes, domains, with commas between. Default: all.")
  var recipes: String?

  @Option(help: "Networks of each recipe; 3 at least for an interval that says something.")
  var networks = 3

  @Option(help: "Epochs of training. Default: what suits the architecture.")
  var epochs: Int?

  @Option(help: "Deviation of the noise of the recipe noise, pixels being from 0 to 1.")
  var noise: Float = 0.3

  @Option(help: "Corrupt so many held-out images, drawn at random.")
  var images = 1000

  @Option(help: "Attack so many of them.")
  var attacked = 200

  @Option(help: "Radius in L2 of robust accuracy.")
  var epsilon = 1.0

  @Option(help: "Steps of either attack, DDN and projected gradient descent.")
  var steps = 50

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
      ("--networks", networks), ("--images", images), ("--attacked", attacked), ("--steps", steps),
    ] {
      try check((1...10_000_000).contains(value), "\(name) must be in 1...10000000, got \(value)")
    }
    try check((0...100_000).contains(epochs ?? 1), "--epochs must be in 0...100000, got \(epochs ?? 1)")
    try check(noise > 0 && noise.isFinite, "--noise must be positive, got \(noise)")
    try check(
      Float(epsilon) > 0 && Float(epsilon).isFinite, "--epsilon must be positive, got \(epsilon)")
    try checkRadius(epsilon)
    try checkRadius(Double(noise), name: "--noise")
    _ = try chosenRecipes()
    _ = try ArchitectureChoice(argument: architecture)
  }

  private func chosenRecipes() throws -> [ShiftRecipe] {
    guard let recipes else { return ShiftRecipe.allCases }
    return try [.plain]
      + recipes.split(separator: ",", omittingEmptySubsequences: false).map { name in
        guard let recipe = ShiftRecipe(rawValue: String(name)) else {
          let known = ShiftRecipe.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--recipes takes some of \(known) with commas between, got \(recipes)")
        }
        return recipe
      }
  }

  package func run() throws {
    let folder = output.folder(default: "shift-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let choice = try ArchitectureChoice(argument: architecture)
    var training = choice.recommendedTraining(seed: common.seed)
    if let epochs { training.epochCount = epochs }
    let experiment = ShiftExperiment(
      ShiftExperiment.Configuration(
        data: try dataOptions.source(), architecture: choice, training: training,
        recipes: try chosenRecipes(), networkCount: networks, noise: noise, imageCount: images,
        attackCount: attacked, epsilon: epsilon, stepCount: steps, seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try Console(common).run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try Console(common).report(results, in: folder)
  }
}
