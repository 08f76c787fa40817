import Adversarial
import ArgumentParser
import Commands
import Foundation
import Lab
import Networks
import Tensors

public struct PoolOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "pool",
    abstract: "Run several attacks on the same held-out images and keep the best result for each image.",
    discussion: """
      Example: intrigue attack pool output/train-mnist/model.safetensors --epsilon 0.1 --count 200

      Without --epsilon the attacks search for the smallest perturbation, and the results are distances, passes through the \
      network, and how near each attack comes to the best known distance (local optimality of AttackBench). With --epsilon \
      they maximise the loss within that budget, beside noise, PGD with 10, 40 and 100 steps and with half and double the \
      budget, and, with --transferred-from, adversarial examples made for another network. Signs of gradient masking or of a \
      weak attack are reported as warnings.

      Leaves pool.csv, images.csv, pool.tex, figures/, adversarial.npy and image_ids.npy (the best result for each image), \
      parts/ and run.json; with black-box attacks queries.csv. Each attack is kept as soon as it has run: if interrupted, \
      rerun the same command, without --fresh, to resume; another list of methods runs only the new attacks.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Attacks") var attacks: Attacks
  @OptionGroup(title: "Evaluation") var evaluation: Evaluation
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Attacks: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Norm of the perturbation: l2, linf, l1 or l0. Default: l2, or linf with --epsilon, where l0 is not available.",
        valueName: "NORM"))
    var norm: Norm?

    @Option(
      help: ArgumentHelp(
        "Budget, the largest norm of a perturbation, for example 0.1 or 8/255. Default: search for the smallest perturbation.",
        valueName: "EPSILON"))
    var epsilon: Epsilon?

    @Option(
      help: ArgumentHelp(
        "Attacks, separated by commas, such as lbfgs,ddn. Default: all for the norm and --knowledge.",
        valueName: "LIST"))
    var methods: String?

    @Option(
      help: ArgumentHelp(
        "Access of the attacks to the network: white-box (noise included), black-box (score-based and decision-based, with one "
          + "white-box attack for comparison) or any.", valueName: "NAME"))
    var knowledge: PoolKnowledge = .whiteBox

    @Option(
      help: ArgumentHelp(
        "Largest number of queries per image of a black-box attack. Default: that of each attack's own command.",
        valueName: "N"))
    var queries: Int?

    @Option(
      help: ArgumentHelp(
        "Model file of another network: mi-fgsm makes adversarial examples for it, and they are evaluated on the network "
          + "attacked.", valueName: "FILE"), completion: .file())
    var transferredFrom: String?

    @Option(
      help: ArgumentHelp(
        "Target class: the next class, a random one, or one class for all images, by name or number. Default: untargeted.",
        valueName: "next|random|CLASS"))
    var targeted: String?

    var chosenNorm: Norm { norm ?? (epsilon == nil ? .l2 : .linf) }

    func validate() throws {
      let kinds = try kinds()
      if let queries { try check(queries: queries, of: kinds) }
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
          "--transferred-from needs --epsilon, since smallest perturbations hardly transfer to another network"
        )
      }
    }

    private func check(queries: Int, of kinds: [AttackKind]) throws {
      try checkCount(queries, name: "--queries")
      guard kinds.contains(where: \.knowledge.isBlackBox) else {
        throw ValidationError(
          "--queries applies to black-box attacks, and there is none in the pool: give --knowledge black-box")
      }
      if kinds.contains(where: { $0 == .naturalEvolution || $0 == .simultaneousPerturbation }) {
        try EstimateOptions.check(queries: queries)
      }
    }

    /// The attacks asked for, each once and all for the norm and the kind of search.
    func kinds() throws -> [AttackKind] {
      let known = PoolExperiment.Configuration.methods(norm: chosenNorm, hasBudget: epsilon != nil)
      guard !known.isEmpty else {
        throw ValidationError(
          "a pool has no attacks within a number of pixels; use intrigue attack few-pixel --pixels 3 instead")
      }
      guard let methods else {
        let fitting = known.filter {
          knowledge == .any || $0.knowledge.isBlackBox == (knowledge == .blackBox)
        }
        guard !fitting.isEmpty else {
          throw ValidationError(
            "no \(knowledge.rawValue) attack "
              + (epsilon == nil ? "searches for the smallest perturbation" : "works within a budget")
              + " in \(chosenNorm.rawValue)")
        }
        return fitting
      }
      let chosen = try methods.split(separator: ",", omittingEmptySubsequences: false).map {
        try kind(String($0), among: known)
      }
      guard Set(chosen).count == chosen.count else {
        throw ValidationError("--methods has the same attack twice: \(methods)")
      }
      return chosen
    }

    private func kind(_ name: String, among known: [AttackKind]) throws -> AttackKind {
      guard let kind = AttackKind(rawValue: name) else {
        throw ValidationError(
          "--methods: unknown attack \(name.debugDescription); expected one of "
            + known.map(\.rawValue).joined(separator: ", "))
      }
      guard (kind.search == .budget) == (epsilon != nil) else {
        throw ValidationError(
          kind.search == .budget
            ? "--methods: \(name) works within a budget and needs --epsilon"
            : "--methods: \(name) searches for the smallest perturbation and takes no --epsilon")
      }
      guard kind.norms.contains(chosenNorm) else {
        throw ValidationError(
          "--methods: \(name) does not support --norm \(chosenNorm.rawValue); expected one of "
            + kind.norms.map(\.rawValue).joined(separator: ", "))
      }
      return kind
    }
  }

  struct Evaluation: ParsableArguments {
    @Option(help: ArgumentHelp("Number of held-out images to attack, a random sample.", valueName: "N"))
    var count = 1000

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws { try requireCount("--count", count) }
  }

  public init() {}

  private func data() throws -> DataSource { try dataOptions.source(for: model.source) }

  public var folderName: String { get throws { "attack-pool-\(try data().shortName)" } }

  public func experiment() throws -> PoolExperiment {
    PoolExperiment(
      PoolExperiment.Configuration(
        model: model.source, data: try data(), methods: try attacks.kinds(), norm: attacks.chosenNorm,
        epsilon: attacks.epsilon?.value, surrogate: attacks.transferredFrom.map { .model(path: $0) },
        goal: AttackGoal(argument: attacks.targeted), queryLimit: attacks.queries,
        imageCount: evaluation.count, seed: common.seed),
      workerCount: common.workerCount, startsFresh: evaluation.fresh)
  }
}

/// The access of the attacks that a pool has by default.
enum PoolKnowledge: String, ExpressibleByArgument, CaseIterable {
  case whiteBox = "white-box"
  case blackBox = "black-box"
  case any
}
