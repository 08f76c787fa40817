import Adversarial
import ArgumentParser
import Commands
import Lab
import Networks
import Tensors

public struct PatternOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "pattern",
    abstract: "Analyse the structure of adversarial perturbations and compute a universal perturbation.",
    discussion: """
      Example: intrigue pattern output/mlp/model.safetensors --data mnist --count 1000

      Attacks held-out images, untargeted and towards a random class each, and compares the perturbations with images and \
      with noise of the same norms: means of each pair of classes, power spectra, principal directions and cosines. Then \
      computes one perturbation for all images (Moosavi-Dezfooli et al. 2017) and evaluates it on held-out images.

      Leaves figures/, spectrum.csv, components.csv, cosines.csv, pairs.csv, universal.csv, universal.npy and run.json.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Attack") var attacks: Attacks
  @OptionGroup(title: "Universal perturbation") var universal: Universal
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Attacks: ParsableArguments {
    @Option(
      help: ArgumentHelp("Minimum-norm ℓ2 attack: ddn (faster) or lbfgs.", valueName: "NAME"))
    var attack = PatternExperiment.Method.ddn

    @Option(
      help: ArgumentHelp(
        "Number of held-out images to attack, a random sample; each is attacked twice.", valueName: "N"))
    var count = 1000

    func validate() throws { try require("--count", count, in: 2...10_000_000) }
  }

  /// The norms that a universal perturbation can be bounded in.
  enum BallNorm: String, CaseIterable, ExpressibleByArgument {
    case linf, l2

    var norm: Norm {
      switch self {
      case .linf: .linf
      case .l2: .l2
      }
    }
  }

  struct Universal: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Number of training images that the universal perturbation is computed from.", valueName: "N"))
    var universalCount = 300

    @Option(help: ArgumentHelp("Norm of the universal perturbation: linf or l2.", valueName: "NORM"))
    var universalNorm = BallNorm.linf

    @Option(help: ArgumentHelp("Budget of the universal perturbation: 0.3, or 8/255.", valueName: "EPSILON"))
    var universalEpsilon = Epsilon(argument: "0.3")!

    func validate() throws {
      try requireCount("--universal-count", universalCount)
      try checkRadius(universalEpsilon, name: "--universal-epsilon")
      guard universalEpsilon.value > 0, universalNorm == .l2 || universalEpsilon.value <= 1 else {
        throw ValidationError(
          "--universal-epsilon must be positive, and at most 1 in linf, got \(universalEpsilon.text)")
      }
    }
  }

  public init() {}

  private var data: DataSource { get throws { try dataOptions.source(for: model.source) } }

  public var folderName: String { get throws { "pattern-\(try data.shortName)" } }

  public func experiment() throws -> PatternExperiment {
    let radius = universal.universalEpsilon.value
    return PatternExperiment(
      PatternExperiment.Configuration(
        model: model.source, data: try data, method: attacks.attack, imageCount: attacks.count,
        universalCount: universal.universalCount, universalNorm: universal.universalNorm.norm,
        universalRadius: Double(radius.description) ?? Double(radius), seed: common.seed),
      workerCount: common.workerCount)
  }
}

extension PatternExperiment.Method: ExpressibleByArgument {}
