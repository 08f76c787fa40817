import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab
import Networks

public struct TransferOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "transfer",
    abstract: "Measure how adversarial examples transfer between networks.",
    discussion: """
      Example: intrigue transfer --data mnist --attack fgsm --epsilon 0.1 --networks softmax mlp lenet

      Trains a set of networks, or takes trained models; attacks each of them (source) on the same held-out images; and \
      evaluates every network (target) on the results, with noise of the same size as a control. A network to train is \
      written ARCHITECTURE[:KEY=VALUE]…, for example lenet, lenet:seed=2, mlp:lr=0.01:epochs=3, fc100-100-10:half=1. Keys: \
      seed, half (1 or 2: disjoint halves of the training images), optimizer (sgd, adam, adamw), lr, epochs, batch, decay.

      Leaves transfer.txt, transfer.csv, transfer.tex, transfer.json, figures/, networks/ and run.json. If interrupted, \
      rerun the same command, without --fresh, to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Networks") var subjects: Subjects
  @OptionGroup(title: "Attack") var attacking: Attacking
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Subjects: ParsableArguments {
    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Networks to train. Default: softmax, mlp, mlp with another seed, fc100-100-10 on either half of the training images, "
          + "lenet.", valueName: "NETWORK"))
    var networks: [String] = []

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp("Model files to use instead of training networks.", valueName: "FILE"),
      completion: .file())
    var models: [String] = []

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws {
      guard networks.isEmpty || models.isEmpty else {
        throw ValidationError("give either --networks, to train, or --models, but not both")
      }
    }

    func recipes(seed: UInt64) throws -> [NetworkRecipe] {
      guard !networks.isEmpty else { return NetworkRecipe.standard(seed: seed) }
      let texts = networks.flatMap {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      do {
        return try NetworkRecipe.list(texts, seed: seed)
      } catch let error as RecipeError {
        throw ValidationError("--networks: \(error)")
      }
    }
  }

  struct Attacking: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "fgsm, pgd or mi-fgsm within --epsilon; or lbfgs, deepfool or ddn, which search for the smallest ℓ2 perturbation.",
        valueName: "NAME"))
    var attack: TransferAttack = .fgsm

    @Option(
      help: ArgumentHelp(
        "ℓ∞ budget of fgsm, pgd and mi-fgsm; pixels lie in [0, 1]. For example 0.1 or 8/255.",
        valueName: "EPSILON"))
    var epsilon: Epsilon = Epsilon(argument: "0.25")!

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Root mean squares (RMS) to which perturbations are rescaled as well. Default: 0.1 for lbfgs, deepfool and ddn, none for "
          + "the others.", valueName: "RMS"))
    var distortion: [Double] = []

    @Option(
      help: ArgumentHelp(
        "Target class: the next class, a random one, or one class for all images, by name or number. Default: untargeted.",
        valueName: "next|random|CLASS"))
    var targeted: String?

    @Option(help: ArgumentHelp("Number of held-out images to attack, a random sample.", valueName: "N"))
    var count = 1000

    func validate() throws {
      try checkRadius(epsilon)
      guard epsilon.value <= 1 else {
        throw ValidationError(
          "--epsilon is measured in pixels from 0 to 1, got \(epsilon.text); did you mean \(epsilon.text)/255?"
        )
      }
      try requireCount("--count", count)
      guard distortion.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
        throw ValidationError("--distortion takes root mean squares above 0 and up to 1, got \(distortion)")
      }
      guard Set(distortion).count == distortion.count else {
        throw ValidationError("--distortion has the same value twice")
      }
    }
  }

  public init() {}

  public func validate() throws { _ = try subjects.recipes(seed: common.seed) }

  private func data() throws -> DataSource {
    try dataOptions.source(for: subjects.models.first.map { .model(path: $0) })
  }

  public var folderName: String {
    get throws { "transfer-\(attacking.attack.rawValue)-\(try data().shortName)" }
  }

  public func experiment() throws -> TransferExperiment {
    TransferExperiment(
      TransferExperiment.Configuration(
        data: try data(),
        networks: subjects.models.isEmpty
          ? .trained(try subjects.recipes(seed: common.seed))
          : .given(subjects.models.map { .model(path: $0) }),
        attack: attacking.attack, epsilon: attacking.epsilon.value,
        goal: AttackGoal(argument: attacking.targeted),
        distortions: attacking.distortion.isEmpty && attacking.attack.isMinimal
          ? [0.1] : attacking.distortion, imageCount: attacking.count, seed: common.seed),
      workerCount: common.workerCount, startsFresh: subjects.fresh)
  }
}
