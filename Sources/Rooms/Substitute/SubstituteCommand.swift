import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab

package struct SubstituteCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "substitute",
    abstract: "Attack a network of which only answers are seen: train another on them.",
    discussion: """
      Papernot et al. (2017): a few images are labelled by the network, the black box; a substitute is trained on them; \
      new images are made where its answers change fastest, labelled, and so on. Images that fool the substitute are \
      shown to the black box.

      Leaves figures/substitute.png, figures/queries.png, substitute.csv, substitutes/ and run.json. After Ctrl-C the \
      same command goes on.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(
    help:
      "The network that is trained: ARCHITECTURE[:KEY=VALUE]…, as intrigue transfer takes it. The black box may be another."
  )
  var substitute = "mlp"

  @Option(help: "Substitutes, each with other seeds; what is reported are means over them.")
  var repetitions = 3

  @Option(help: "Held-out images that the attacker begins with; they are not attacked.")
  var seedImages = 150

  @Option(help: "How often the images asked about double.")
  var rounds = 6

  @Option(help: "How far a pixel moves from an image asked about to the next.")
  var step = Epsilon(argument: "0.1")!

  @Option(help: "On the substitute: fgsm, pgd or mi-fgsm.")
  var attack: TransferAttack = .mifgsm

  @Option(help: "How far a pixel may move; 0.2 or 8/255.")
  var epsilon = Epsilon(argument: "0.2")!

  @Option(help: "Attack so many held-out images, drawn at random.")
  var count = 1000

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    for (name, value, range) in [
      ("--repetitions", repetitions, 1...1000), ("--seed-images", seedImages, 1...1_000_000),
      ("--rounds", rounds, 0...20), ("--count", count, 1...10_000_000),
    ] {
      guard range.contains(value) else {
        throw ValidationError(
          "\(name) must be between \(range.lowerBound) and \(range.upperBound), got \(value)")
      }
    }
    for (name, value) in [("--step", step), ("--epsilon", epsilon)] {
      try checkRadius(value, name: name)
      guard value.value > 0, value.value <= 1 else {
        throw ValidationError("\(name) must be above 0 and at most 1, pixels in [0, 1], got \(value.text)")
      }
    }
    guard !attack.isMinimal else {
      throw ValidationError(
        "--attack: \(attack.rawValue) looks for the smallest perturbation, which hardly moves another network; there are "
          + "fgsm, pgd and mi-fgsm")
    }
    _ = try recipe()
  }

  private func recipe() throws -> NetworkRecipe {
    do {
      let recipe = try NetworkRecipe(substitute, seed: common.seed)
      try SubstituteExperiment.check(recipe)
      return recipe
    } catch let error as RecipeError {
      throw ValidationError("--substitute: \(error)")
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(default: "substitute-\(data.shortName)")
    let console = Console(common)
    let experiment = SubstituteExperiment(
      SubstituteExperiment.Configuration(
        model: model.source, data: data, substitute: try recipe(),
        repetitionCount: repetitions, seedImageCount: seedImages, roundCount: rounds, step: step.value,
        attack: attack, epsilon: epsilon.value, imageCount: count, seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    func path(_ name: String) -> String { folder.file(name).relativePath }
    try console.report(
      results,
      lines: results.sentences + [
        "look at    \(path("figures"))/: substitute.png, queries.png",
        "numbers    \(path("substitute.csv"))",
      ])
  }
}
