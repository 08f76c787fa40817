import ArgumentParser
import Commands
import Figures
import Foundation
import Lab
import Networks

package struct GalleryCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "gallery",
    abstract:
      "Show the images that excite single neurons most beside those along random or learned directions.",
    discussion: """
      Ranks held-out images by the activation of single neurons and by the score along random directions of the \
      same layer, or along a learned basis, and draws both as contact sheets.

      Leaves gallery.png (both side by side), neurons.png, random.png (or pca.png and so on), rankings.csv, rankings.json, directions.csv, directions.json and sprites/ (every live neuron and as many others), \
      and run.json; with --blind only blind.png, key.json and run.json. \
      Features are kept in output/.cache/features and are computed again when model, data or layer differ; that \
      folder may be deleted at any time.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions

  @Option(
    help: "Rows of single neurons, a random sample of those that are alive. Default: 8, or all there are.")
  var neurons: Int?

  @Option(help: "Rows of random directions, or of what --against names.")
  var directions = 8

  @Option(
    help:
      "What to put beside the neurons. Random: sphere, haar (a random rotation of the axes), rademacher, pairs, cosine, whitened, non-negative. From training images: class-means, pca, ica, nmf, kmeans, sae (sparse autoencoder)."
  )
  var against: DirectionFamily = .sphere

  @Option(help: "Images in a row. Default: 9, or all there are.")
  var top: Int?

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

  @Option(
    help:
      "Which rows: random, best or worst (by label agreement), or names such as n042,r007. Sheets of anything but random are marked as selected."
  )
  var rows = "random"

  @Flag(help: "Also a sheet for each direction from its highest scores to its lowest.")
  var strata = false

  @Flag(help: "Also a sheet for each direction with its best images of every class.")
  var perClass = false

  @Flag(help: "Only a sheet that shuffles all rows and hides what they are; key.json has the solution.")
  var blind = false

  @Option(help: "Format of the sheets: screen, a4 (pages at 150 dpi) or slide (16:9).")
  var preset: SheetPreset = .screen

  @Flag(help: "Also a PDF of every sheet.")
  var pdf = false

  @Option(help: "Folder for the features of earlier runs.")
  var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Compute the features anew and do not keep them.")
  var noCache = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    for (name, value, limit) in [
      ("neurons", neurons ?? 1, 1000), ("directions", directions, 1000), ("top", top ?? 1, 200),
    ]
    where !(1...limit).contains(value) {
      throw ValidationError("--\(name) must be between 1 and \(limit), got \(value)")
    }
    guard against != .neurons else {
      throw ValidationError("--against takes what neurons are put beside, for example sphere or pca")
    }
    _ = try selection()
    for (name, isGiven) in [("strata", strata), ("per-class", perClass)] where blind && isGiven {
      throw ValidationError("--blind hides which rows are neurons, --\(name) names them: give one of the two")
    }
  }

  private func selection() throws -> RowSelection {
    guard let selection = RowSelection(rows) else {
      throw ValidationError(
        "--rows takes random, best, worst, or different names such as n042,r007, got \(rows)")
    }
    return selection
  }

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(
      default: (blind ? "blind-" : "gallery-") + data.shortName)
    let console = Console(common)
    let experiment = GalleryExperiment(
      GalleryExperiment.Configuration(
        model: model.source, data: data, layer: layer,
        pooling: pooling, activation: activation,
        neuronCount: neurons ?? 8, directionCount: directions, family: against, topCount: top ?? 9,
        seed: common.seed,
        split: split,
        rows: try selection(),
        presentation: GalleryPresentation(
          hasStrata: strata, hasClasses: perClass, isBlind: blind, preset: preset, hasPDF: pdf)),
      given: Set((neurons == nil ? [] : [.neuronCount]) + (top == nil ? [] : [.topCount])),
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
      ("\(results.randomDirections.count) \(against.words)", results.randomDirections),
    ]
    let width = groups.map(\.0.count).max() ?? 0
    let files = results.files.map { folder.file($0).relativePath }
    guard !blind else {
      return [
        "\(results.imageCount) \(split.words), layer \(results.layer): rows shuffled, the solution is in key.json"
      ] + files
    }
    return [
      "\(results.imageCount) \(split.words), layer \(results.layer): \(results.unitCount) neurons, "
        + "\(results.deadUnitCount) dead, \(results.constantUnitCount) constant",
      "Do the top \(results.topCount ?? 0) images share a class? κ 1: always; κ 0: no more than random images do.",
    ]
      + groups.map { name, agreement in
        "  \(name)\(String(repeating: " ", count: width - name.count))  \(kappa(agreement))"
      } + [
        "This describes one network and one draw of directions. It is no test: it does not say whether the two "
          + "differ by more than chance."
      ] + files
  }
}

extension SheetPreset: ExpressibleByArgument {}
