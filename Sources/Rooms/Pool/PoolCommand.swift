import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab
import Tensors

package struct PoolCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "pool",
    abstract: "Several attacks on the same held-out images, and the best of them for each image.",
    discussion: """
      Without --epsilon the attacks look for the smallest perturbation: distances, passes, and how near each comes to \
      the best known (AttackBench's local optimality). With --epsilon they do their worst within that budget, beside \
      noise, pgd with 10, 40 and 100 steps and with half and double the budget, and, with --transferred-from, images \
      made for another network. What looks like a masked gradient or a weak attack is a warning.

      Leaves pool.csv, images.csv, pool.tex, figures/pool.png, adversarial.npy and image_ids.npy (of each image the \
      best), parts/ and run.json. Each attack is kept as soon as it has run: after Ctrl-C the same command goes on, and \
      another list of methods attacks only what is new.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(
    help:
      "What measures perturbations: l2, linf, l1 or l0. Default: l2, or linf with --epsilon, where there is no l0."
  )
  var norm: Norm?

  @Option(help: "The budget: how long a perturbation may be; 0.1 or 8/255. Default: none.")
  var epsilon: Epsilon?

  @Option(
    help:
      "Attacks with commas between, such as lbfgs,ddn. Default: all that there are for the norm and --knowledge."
  )
  var methods: String?

  @Option(
    help:
      "What the attacks know: white-box (the network, or nothing: noise), black-box (answers to queries, with one white-box attack for comparison) or any."
  )
  var knowledge: PoolKnowledge = .whiteBox

  @Option(
    help: "How many queries a black-box attack may ask about an image. Default: as its own command has it.")
  var queries: Int?

  @Option(help: "A model file: mi-fgsm makes images for this network, which are shown to the one attacked.")
  var transferredFrom: String?

  @Option(
    help: ArgumentHelp(
      "Aim at a class: the next one, a random one, or one class for all, by name or number.",
      valueName: "next|random|CLASS"))
  var targeted: String?

  @Option(help: "Attack so many held-out images, drawn at random.")
  var count = 1000

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  private var chosenNorm: Norm { norm ?? (epsilon == nil ? .l2 : .linf) }

  package func validate() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1, got \(count)") }
    if let queries {
      try checkCount(queries, name: "--queries")
      guard try kinds().contains(where: \.knowledge.isBlackBox) else {
        throw ValidationError(
          "--queries is about black-box attacks, and none was asked for: give --knowledge black-box")
      }
      if try kinds().contains(where: { $0 == .naturalEvolution || $0 == .simultaneousPerturbation }) {
        try EstimateOptions.check(queries: queries)
      }
    }
    if let epsilon {
      try checkRadius(epsilon)
      guard epsilon.value > 0 else {
        throw ValidationError("--epsilon must be positive, got \(epsilon.text)")
      }
      if chosenNorm == .linf, epsilon.value > 1 {
        throw ValidationError(
          "--epsilon is measured in pixels from 0 to 1, got \(epsilon.text); did you mean \(epsilon.text)/255?"
        )
      }
    } else if transferredFrom != nil {
      throw ValidationError(
        "--transferred-from needs --epsilon: images a smallest step over one network's border hardly transfer"
      )
    }
    _ = try kinds()
  }

  private func kinds() throws -> [AttackKind] {
    let known = PoolExperiment.Configuration.methods(norm: chosenNorm, hasBudget: epsilon != nil)
    guard !known.isEmpty else {
      throw ValidationError(
        "there is no pool within a number of pixels; intrigue attack few-pixel --pixels 3 attacks so")
    }
    guard let methods else {
      let fitting = known.filter { knowledge == .any || $0.knowledge.isBlackBox == (knowledge == .blackBox) }
      guard !fitting.isEmpty else {
        throw ValidationError(
          "no attack \(epsilon == nil ? "for the smallest perturbation" : "within a budget") in "
            + "\(chosenNorm.rawValue) is \(knowledge.rawValue)")
      }
      return fitting
    }
    let names = methods.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let chosen = try names.map { name in
      guard let kind = AttackKind(rawValue: name) else {
        throw ValidationError(
          "--methods: no attack is called \(name.debugDescription); there are "
            + known.map(\.rawValue).joined(separator: ", "))
      }
      guard (kind.search == .budget) == (epsilon != nil) else {
        throw ValidationError(
          kind.search == .budget
            ? "--methods: \(name) works within a budget and needs --epsilon"
            : "--methods: \(name) looks for the smallest perturbation and takes no --epsilon")
      }
      guard kind.norms.contains(chosenNorm) else {
        throw ValidationError(
          "--methods: \(name) is not defined for --norm \(chosenNorm.rawValue): there are "
            + kind.norms.map(\.rawValue).joined(separator: ", "))
      }
      return kind
    }
    guard Set(chosen).count == chosen.count else {
      throw ValidationError("--methods names an attack twice: \(methods)")
    }
    return chosen
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(
      default: "attack-pool-\(data.shortName)")
    let experiment = PoolExperiment(
      PoolExperiment.Configuration(
        model: model.source, data: data, methods: try kinds(), norm: chosenNorm,
        epsilon: epsilon?.value, surrogate: transferredFrom.map { .model(path: $0) },
        goal: AttackGoal(argument: targeted), queryLimit: queries, imageCount: count, seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let console = Console(common)
    let results = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    func path(_ name: String) -> String { folder.file(name).relativePath }
    try console.report(
      results,
      lines: results.lines + [
        "look at    \(path("figures/pool.png"))"
          + (try kinds().contains(where: \.knowledge.isBlackBox) ? ", \(path("figures/queries.png"))" : ""),
        "tables     \(path("pool.csv")), \(path("images.csv")), \(path("pool.tex"))",
        "the best   \(path("adversarial.npy")); each attack's own: \(path("parts"))/",
      ])
  }
}

/// Which attacks a pool takes when none are named.
enum PoolKnowledge: String, ExpressibleByArgument, CaseIterable {
  case whiteBox = "white-box"
  case blackBox = "black-box"
  case any
}
