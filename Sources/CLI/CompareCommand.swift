import ArgumentParser
import Foundation
import Intrigue

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Ask whether single neurons mean more than other directions, and judge by several networks.",
    discussion: """
      Trains several networks of one recipe, or takes models. In each it compares the label agreement κ of the \
      images that excite single neurons with that of rotated bases of the same layer, and with controls: random \
      images, random directions through pixels and through the untrained network, logits. The verdict is an \
      interval over the networks against a margin.

      The protocol is written first, to protocol.json, and its hash stands on everything that follows. Leaves \
      verdict.txt, comparison.json, tables, figures and run.json. After Ctrl-C the same command goes on.
      """)

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "An architecture's name or a .json file; needed unless there are --models.")
  var architecture: String?

  @Option(help: "How many networks to train; at least 5 for a verdict.")
  var networks = 5

  @Option(help: "Epochs of training. Default: what suits the architecture.")
  var epochs: Int?

  @Option(parsing: .upToNextOption, help: "Models to compare instead of training any.")
  var models: [String] = []

  @Option(help: "Which layer: a name that intrigue inspect lists. Default: the feature layer.")
  var layer: String?

  @Option(help: "What makes a unit of each map of a layer: mean, max or centre; none: each place is a unit.")
  var pooling: MapPooling = .mean

  @Option(help: "Read the layer before (pre) or after (post) its activation. Default: as it is named.")
  var activation: ActivationReading?

  @Option(help: "k, images of a top set.")
  var top = 9

  @Option(help: "Rotations for each network.")
  var rotations = 999

  @Option(help: "Smallest difference of the mean κ that would matter.")
  var margin = 0.1

  @Option(help: "held-out, or training: the images the network was fitted to.")
  var split: ImageSplit = .heldOut

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    func check(_ isRight: Bool, _ text: String) throws {
      if !isRight { throw ValidationError(text) }
    }
    try check(
      (architecture == nil) != models.isEmpty,
      "give either --architecture, to train networks, or --models, but not both")
    try check((1...1000).contains(networks), "--networks must be between 1 and 1000, got \(networks)")
    try check((0...100_000).contains(epochs ?? 1), "--epochs must be in 0...100000, got \(epochs ?? 1)")
    try check((2...200).contains(top), "--top must be between 2 and 200, got \(top)")
    try check(
      (19...100_000).contains(rotations), "--rotations must be between 19 and 100000, got \(rotations)")
    try check(margin > 0 && margin < 1, "--margin must be between 0 and 1, got \(margin)")
    if let architecture, !architecture.hasSuffix(".json"), Architecture.Named(rawValue: architecture) == nil {
      throw ValidationError(UnknownArchitecture(name: architecture).description)
    }
  }

  private func source(_ data: DataSource) -> ComparedNetworks {
    guard let architecture else { return .given(models.map { .model(path: $0) }) }
    let named = Architecture.Named(rawValue: architecture)
    var training =
      named?.recommendedTraining(seed: common.seed) ?? TrainingConfiguration(seed: common.seed)
    if let epochs { training.epochCount = epochs }
    return .trained(
      TrainExperiment.Configuration(
        data: data, architecture: named == nil ? .file(path: architecture) : .named(architecture),
        training: training),
      count: networks)
  }

  func run() throws {
    let data = try dataOptions.source()
    let subject = architecture.map { URL(filePath: $0).deletingPathExtension().lastPathComponent } ?? "models"
    let folder = output.folder(
      default: "compare-\(subject)-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let console = Console(common)
    let experiment = CompareExperiment(
      CompareExperiment.Configuration(
        data: data, networks: source(data),
        declared: ComparisonProtocol(
          layer: layer, pooling: pooling, activation: activation, split: split, topCount: top,
          rotationCount: rotations, margin: margin,
          seed: common.seed)),
      workerCount: common.workerCount, startsFresh: fresh)
    let comparison = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(
      comparison,
      lines: comparison.lines + [""] + CompareExperiment.fileNames.map { folder.file($0).relativePath })
  }
}
