import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab

package struct TransferCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Do images made to fool one network fool others? A matrix over several networks.",
    discussion: """
      Trains a set of networks, or takes models; attacks each on the same held-out images; shows all of them what came \
      out, beside noise of the same size. A network of the set is written ARCHITECTURE[:KEY=VALUE]…, for example \
      lenet, lenet:seed=2, mlp:lr=0.01:epochs=3, fc100-100-10:half=1. Keys: seed, half (1 or 2: the disjoint half of \
      the training images it sees), optimizer (sgd, adam, adamw), lr, epochs, batch, decay.

      Leaves transfer.txt, transfer.csv, transfer.tex, transfer.json, figures, networks/ and run.json. After Ctrl-C the \
      same command goes on.
      """)

  @OptionGroup var dataOptions: ShownDataOptions

  @Option(
    parsing: .upToNextOption,
    help:
      "Networks to train. Default: softmax, mlp, mlp with another seed, fc100-100-10 on either half of the training images, lenet."
  )
  var networks: [String] = []

  @Option(parsing: .upToNextOption, help: "Models to take instead of training any.")
  var models: [String] = []

  @Option(
    help:
      "fgsm, pgd or mi-fgsm, up to --epsilon; lbfgs, deepfool or ddn, which look for the smallest perturbation."
  )
  var attack: TransferAttack = .fgsm

  @Option(help: "How far a pixel may move, for fgsm, pgd and mi-fgsm; 0.25 or 8/255.")
  var epsilon: Epsilon = Epsilon(argument: "0.25")!

  @Option(
    parsing: .upToNextOption,
    help:
      "Show the perturbations rescaled to these root mean squares as well. Default: 0.1 for lbfgs, deepfool and ddn, none for the others."
  )
  var distortion: [Double] = []

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

  package func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    try check(
      networks.isEmpty || models.isEmpty, "give either --networks, to train, or --models, but not both")
    try checkRadius(epsilon)
    try check(
      epsilon.value <= 1,
      "--epsilon is measured in pixels from 0 to 1, got \(epsilon.text); did you mean \(epsilon.text)/255?")
    try check(count > 0, "--count must be at least 1, got \(count)")
    try check(
      distortion.allSatisfy { $0 > 0 && $0 <= 1 },
      "--distortion takes root mean squares above 0 and up to 1, got \(distortion)")
    try check(Set(distortion).count == distortion.count, "--distortion names a number twice")
    _ = try recipes()
  }

  private func recipes() throws -> [NetworkRecipe] {
    guard !networks.isEmpty else { return NetworkRecipe.standard(seed: common.seed) }
    let texts = networks.flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    do {
      return try NetworkRecipe.list(texts, seed: common.seed)
    } catch let error as RecipeError {
      throw ValidationError("--networks: \(error)")
    }
  }

  package func run() throws {
    let data = try dataOptions.source(for: models.first.map { .model(path: $0) })
    let folder = output.folder(
      default: "transfer-\(attack.rawValue)-\(data.shortName)")
    let console = Console(common)
    let experiment = TransferExperiment(
      TransferExperiment.Configuration(
        data: data,
        networks: models.isEmpty ? .trained(try recipes()) : .given(models.map { .model(path: $0) }),
        attack: attack, epsilon: epsilon.value, goal: AttackGoal(argument: targeted),
        distortions: distortion.isEmpty && attack.isMinimal ? [0.1] : distortion, imageCount: count,
        seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let outcome = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      outcome.results,
      lines: outcome.results.lines + [""] + outcome.files.map { folder.file($0).relativePath })
  }
}
