import ArgumentParser
import Foundation
import Intrigue

struct GalleryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gallery",
    abstract: "Show the images that excite single neurons most beside those along random directions.",
    discussion: """
      Ranks held-out images by the activation of single neurons and by the score along random directions of the \
      same layer, and draws both as contact sheets.

      Leaves gallery.png (both side by side), neurons.png, random.png, rankings.csv, rankings.json and run.json. \
      Features are kept in output/.cache/features and are computed again when model, data or layer differ; that \
      folder may be deleted at any time.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: DataOptions

  @Option(help: "Rows of single neurons, a random sample of those that are alive.")
  var neurons = 8

  @Option(help: "Rows of random directions.")
  var directions = 8

  @Option(help: "Images in a row.")
  var top = 9

  @Option(
    help:
      "Which layer: a name that intrigue inspect lists, or input for the pixels. Default: the feature layer.")
  var layer: String?

  @Option(
    help:
      "What makes a unit of each map of a layer: mean, max or centre; none: each place is a unit.")
  var pooling: MapPooling = .mean

  @Option(
    help: "Read the layer before (pre) or after (post) its activation. Default: as it is named.")
  var activation: ActivationReading?

  @Option(help: "held-out, or training: the images the network was fitted to; the sheets then say so.")
  var split: ImageSplit = .heldOut

  @Option(help: "Folder for the features of earlier runs.")
  var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Compute the features anew and do not keep them.")
  var noCache = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    for (name, value, limit) in [
      ("neurons", neurons, 1000), ("directions", directions, 1000), ("top", top, 200),
    ]
    where !(1...limit).contains(value) {
      throw ValidationError("--\(name) must be between 1 and \(limit), got \(value)")
    }
  }

  func run() throws {
    let folder = output.folder(default: "gallery-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let console = Console(common)
    let experiment = GalleryExperiment(
      GalleryExperiment.Configuration(
        model: model.source, data: try dataOptions.source(), layer: layer,
        pooling: pooling, activation: activation,
        neuronCount: neurons, directionCount: directions, topCount: top, seed: common.seed, split: split),
      workerCount: common.workerCount,
      cache: noCache ? nil : FeatureCache(folder: URL(filePath: cache)))
    let results = try console.run(resume: "Run the same command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(results, lines: lines(results, in: folder))
  }

  private func lines(_ results: GalleryExperiment.Results, in folder: RunFolder) -> [String] {
    func kappa(_ agreement: GalleryExperiment.Results.Agreement) -> String {
      guard let mean = agreement.mean else { return "κ is not defined for one image a row or one class" }
      let spread =
        agreement.standardDeviation.map { String(format: ", from one to the next ± %.2f", $0) } ?? ""
      return String(format: "mean κ %.3f", mean) + spread
    }
    let groups = [
      ("\(results.neurons.count) live neurons", results.neurons),
      ("\(results.randomDirections.count) random directions", results.randomDirections),
    ]
    let width = groups.map(\.0.count).max() ?? 0
    return [
      "\(results.imageCount) \(split.words), layer \(results.layer): \(results.unitCount) neurons, "
        + "\(results.deadUnitCount) dead, \(results.constantUnitCount) constant",
      "Do the top \(top) images share a class? κ 1: always; κ 0: no more than random images do.",
    ]
      + groups.map { name, agreement in
        "  \(name)\(String(repeating: " ", count: width - name.count))  \(kappa(agreement))"
      } + [
        "This describes one network and one draw of directions. It is no test: it does not say whether the two "
          + "differ by more than chance."
      ] + results.files.map { folder.file($0).relativePath }
  }
}
