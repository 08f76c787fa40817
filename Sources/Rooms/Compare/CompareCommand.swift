import ArgumentParser
import Commands
import Foundation
import Inference
import Lab
import Networks
import TrainRoom

package struct CompareCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Ask whether single neurons mean more than other directions, and judge by several networks.",
    discussion: """
      Trains several networks of one recipe, or takes models. In each it compares the label agreement κ of the \
      images that excite single neurons with that of rotated bases of the same layer, and with controls: random \
      images, random directions through pixels and through the untrained network, logits. A reference network gives \
      a second opinion, and other directions, other layers and other data show what the answer hangs on. The verdict \
      is an interval over the networks against a margin.

      The protocol is written first, to protocol.json, and its hash stands on everything that follows. Leaves \
      verdict.txt, comparison.json, tables, figures, contact sheets and run.json. After Ctrl-C the same command goes \
      on.
      """)

  @OptionGroup var dataOptions: ShownDataOptions

  @Option(help: "An architecture's name or a .json file; needed unless there are --models.")
  var architecture: String?

  @Option(help: "How many networks to train; at least 5 for a verdict.")
  var networks = 5

  @Option(help: "Epochs of training. Default: what suits the architecture.")
  var epochs: Int?

  @Option(parsing: .upToNextOption, help: "Models to compare instead of training any.")
  var models: [String] = []

  @Option(
    help:
      "Which layer: a name that intrigue inspect lists; all: the feature layer for the verdict, and a curve over the others. Default: the feature layer."
  )
  var layer: String?

  @Option(help: "What makes a unit of each map of a layer: mean, max or centre; none: each place is a unit.")
  var pooling: MapPooling = .mean

  @Option(help: "Read the layer before (pre) or after (post) its activation. Default: as it is named.")
  var activation: ActivationReading?

  @Option(help: "k, images of a top set. Default: 9, or as many as the smallest class has.")
  var top: Int?

  @Option(help: "Rotations for each network.")
  var rotations = 999

  @Option(help: "Smallest difference of the mean κ that would matter.")
  var margin = 0.1

  @Option(
    help:
      "The encoder of the second opinion: a model, or none. Default: one of another architecture is trained."
  )
  var reference: String?

  @Option(help: "Other data to show the same networks: a name or a folder of images of the same shape.")
  var secondData: String?

  @Option(
    help:
      "Other families of directions to measure: all, none, or names such as pca,kmeans."
  )
  var bases = "all"

  @Option(help: "held-out, or training: the images the network was fitted to.")
  var split: ImageSplit = .heldOut

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    try DataOptions.check(secondData, option: "--second-data")
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    try check(
      (architecture == nil) != models.isEmpty,
      "give either --architecture, to train networks, or --models, but not both")
    try check((1...1000).contains(networks), "--networks must be between 1 and 1000, got \(networks)")
    try check((0...100_000).contains(epochs ?? 1), "--epochs must be in 0...100000, got \(epochs ?? 1)")
    try check((2...200).contains(top ?? 2), "--top must be between 2 and 200, got \(top ?? 2)")
    try check(
      (19...100_000).contains(rotations), "--rotations must be between 19 and 100000, got \(rotations)")
    let least = CoherenceVerdict.leastMargin
    try check(margin >= least && margin < 1, "--margin must be between \(least) and 1, got \(margin)")
    _ = try families()
    if let architecture { _ = try ArchitectureChoice(argument: architecture) }
  }

  private func families() throws -> [DirectionFamily] {
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

  private var referenceNetwork: ReferenceNetwork {
    switch reference {
    case nil: .trained
    case "none": .none
    case let path?: .given(.model(path: path))
    }
  }

  private func source(_ data: DataSource) throws -> ComparedNetworks {
    guard let architecture else { return .given(models.map { .model(path: $0) }) }
    let choice = try ArchitectureChoice(argument: architecture)
    var training = choice.recommendedTraining(seed: common.seed)
    if let epochs { training.epochCount = epochs }
    return .trained(
      TrainExperiment.Configuration(
        data: data, architecture: choice, training: training),
      count: networks)
  }

  package func run() throws {
    let data = try dataOptions.source(for: models.first.map { .model(path: $0) })
    let subject = architecture.map { URL(filePath: $0).deletingPathExtension().lastPathComponent } ?? "models"
    let folder = output.folder(
      default: "compare-\(subject)-\(data.shortName)")
    let console = Console(common)
    let experiment = CompareExperiment(
      CompareExperiment.Configuration(
        data: data, networks: try source(data), reference: referenceNetwork,
        secondData: secondData.map { DataSource(name: $0) },
        declared: ComparisonProtocol(
          layer: layer == "all" ? nil : layer, pooling: pooling, activation: activation, split: split,
          topCount: top ?? 9, rotationCount: rotations, hasAllLayers: layer == "all", bases: try families(),
          margin: margin, seed: common.seed)),
      isTopCountGiven: top != nil, workerCount: common.workerCount, startsFresh: fresh)
    let outcome = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      outcome.comparison,
      lines: outcome.comparison.lines + [""] + outcome.files.map { folder.file($0).relativePath })
  }
}
