import ArgumentParser
import Commands
import Foundation
import Inference
import Lab
import Networks
import TrainRoom

public struct CompareOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "compare",
    abstract: "Test over several networks whether single neurons are more coherent than other directions.",
    discussion: """
      Example: intrigue compare --data fashion-mnist --architecture mlp --networks 5

      Trains several networks of one recipe, or takes models. In each it compares the label agreement κ of the top images \
      of single neurons with that of rotated bases of the same layer, and with baselines: random images, random \
      directions through pixels and through the untrained network, logits. A reference network of another architecture, \
      which is trained unless --reference says otherwise, gives a second opinion; a sensitivity analysis varies \
      directions, layers and data. The verdict is an interval over the networks, read against a margin.

      The protocol is written first, to protocol.json, and its hash is printed on everything that follows. Leaves \
      verdict.txt, comparison.json, tables, figures, contact sheets and run.json. If interrupted, rerun the same command \
      to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Networks") var subject: Subject
  @OptionGroup(title: "Features") var features: Features
  @OptionGroup(title: "Test") var test: Test
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Subject: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Name of an architecture, or a JSON file that describes one; required unless --models is given.",
        valueName: "NAME|FILE"), completion: ArchitectureChoice.completion)
    var architecture: String?

    @Option(help: ArgumentHelp("Number of networks to train; a verdict needs at least 5.", valueName: "N"))
    var networks = 5

    @Option(help: ArgumentHelp("Epochs of training. Default: depends on the architecture.", valueName: "N"))
    var epochs: Int?

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp("Models to compare instead of training networks.", valueName: "FILE"),
      completion: .file())
    var models: [String] = []

    @Option(
      help: ArgumentHelp(
        "Encoder of the second opinion: a model, or none. Default: one of another architecture is trained.",
        valueName: "FILE|none"), completion: .file())
    var reference: String?

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws {
      guard (architecture == nil) != models.isEmpty else {
        throw ValidationError("give either --architecture, to train networks, or --models, but not both")
      }
      try require("--networks", networks, in: 1...1000)
      try requireEpochs("--epochs", epochs)
      if let architecture { _ = try ArchitectureChoice(argument: architecture) }
    }

    var referenceNetwork: ReferenceNetwork {
      switch reference {
      case nil: .trained
      case "none": .none
      case let path?: .given(.model(path: path))
      }
    }
  }

  struct Features: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Layer: a name that intrigue inspect lists; all: the feature layer for the verdict, and a curve over the others. Default: the feature layer.",
        valueName: "NAME|all"))
    var layer: String?

    @Option(
      help: ArgumentHelp(
        "What makes a unit of each map: mean, max or centre; none: each place is a unit.", valueName: "NAME"))
    var pooling: MapPooling = .mean

    @Option(
      help: ArgumentHelp(
        "Read the layer before (pre) or after (post) its activation. Default: as it is named.",
        valueName: "SIDE"))
    var activation: ActivationReading?

    @Option(
      help: ArgumentHelp(
        "held-out, or training: the images that the network was fitted to.", valueName: "NAME"))
    var split: ImageSplit = .heldOut
  }

  struct Test: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "k, images of a top set. Default: 9, or as many as the smallest class has.", valueName: "K"))
    var top: Int?

    @Option(help: ArgumentHelp("Rotations per network.", valueName: "N"))
    var rotations = 999

    @Option(help: ArgumentHelp("Smallest difference of the mean κ that matters.", valueName: "NUMBER"))
    var margin = 0.1

    @Option(
      help: ArgumentHelp(
        "Other families of directions to measure: all, none, or a list such as pca,kmeans.",
        valueName: "LIST"))
    var bases = "all"

    @Option(
      help: ArgumentHelp(
        "Other data to show the same networks: a name, or a folder of images of the same shape.",
        valueName: "NAME|FOLDER"), completion: DataOptions.completion)
    var secondData: String?

    func validate() throws {
      try DataOptions.check(secondData, option: "--second-data")
      try require("--top", top, in: 2...200)
      try require("--rotations", rotations, in: 19...100_000)
      let least = CoherenceVerdict.leastMargin
      guard margin >= least && margin < 1 else {
        throw ValidationError("--margin must be at least \(least) and below 1, got \(margin)")
      }
      _ = try families()
    }

    func families() throws -> [DirectionFamily] {
      switch bases {
      case "all": return DirectionFamily.compared
      case "none": return []
      default:
        return try bases.split(separator: ",", omittingEmptySubsequences: false).map { name in
          guard let family = DirectionFamily.compared.first(where: { $0.rawValue == name }) else {
            let known = DirectionFamily.compared.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--bases: there is no \(name); there are all, none, \(known)")
          }
          return family
        }
      }
    }
  }

  public init() {}

  private func data() throws -> DataSource {
    try dataOptions.source(for: subject.models.first.map { .model(path: $0) })
  }

  public var folderName: String {
    get throws {
      let name =
        subject.architecture.map { URL(filePath: $0).deletingPathExtension().lastPathComponent } ?? "models"
      return "compare-\(name)-\(try data().shortName)"
    }
  }

  public func experiment() throws -> CompareExperiment {
    let data = try data()
    return CompareExperiment(
      CompareExperiment.Configuration(
        data: data, networks: try networks(on: data), reference: subject.referenceNetwork,
        secondData: test.secondData.map { DataSource(name: $0) },
        declared: ComparisonProtocol(
          layer: features.layer == "all" ? nil : features.layer, pooling: features.pooling,
          activation: features.activation, split: features.split, topCount: test.top ?? 9,
          rotationCount: test.rotations, hasAllLayers: features.layer == "all",
          bases: try test.families(), margin: test.margin, seed: common.seed)),
      isTopCountGiven: test.top != nil, workerCount: common.workerCount, startsFresh: subject.fresh)
  }

  private func networks(on data: DataSource) throws -> ComparedNetworks {
    guard let architecture = subject.architecture else {
      return .given(subject.models.map { .model(path: $0) })
    }
    let choice = try ArchitectureChoice(argument: architecture)
    var training = choice.recommendedTraining(seed: common.seed)
    if let epochs = subject.epochs { training.epochCount = epochs }
    return .trained(
      TrainExperiment.Configuration(data: data, architecture: choice, training: training),
      count: subject.networks)
  }
}
