import ArgumentParser
import Commands
import Directions
import Figures
import Foundation
import Lab
import Networks

public struct GalleryOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "gallery",
    abstract: "Draw the top images of single neurons beside those of random or learned directions.",
    discussion: """
      Example: intrigue gallery output/train-lenet-fashion-mnist-seed1 --top 9

      Ranks held-out images by the activation of single neurons and by the score along random directions of the \
      same layer, or along a learned basis, and draws both as contact sheets.

      Leaves gallery.png (both side by side), neurons.png, random.png (or pca.png and so on), rankings.csv, \
      rankings.json, directions.csv, directions.json and sprites/ (every live neuron and as many other directions), and \
      run.json; with --blind only blind.png, key.json and run.json. \
      Features are cached in output/.cache/features and are recomputed if model, data or layer differ; that folder may \
      be deleted at any time.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Features") var features: FeatureOptions
  @OptionGroup(title: "Directions") var subject: Subject
  @OptionGroup(title: "Sheets") var sheets: Sheets
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Subject: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Rows of single neurons, a random sample of the live ones. Default: 8, or all there are.",
        valueName: "N"))
    var neurons: Int?

    @Option(
      help: ArgumentHelp("Rows of random directions, or of those that --against chooses.", valueName: "N"))
    var directions = 8

    @Option(
      help: ArgumentHelp(
        "Directions to put beside the neurons. Random: sphere, haar (a random rotation of the axes), rademacher, pairs, cosine, whitened, non-negative. From training images: class-means, pca, ica, nmf, kmeans, sae (sparse autoencoder).",
        valueName: "NAME"))
    var against: DirectionFamily = .sphere

    @Option(
      help: ArgumentHelp(
        "Rows to show: random, best or worst (by label agreement), or a list of names such as n042,r007. Sheets of any choice but random are marked as selected.",
        valueName: "CHOICE|LIST"))
    var rows = "random"

    func validate() throws {
      try require("--neurons", neurons, in: 1...1000)
      try require("--directions", directions, in: 1...1000)
      guard against != .neurons else {
        throw ValidationError("--against takes directions to put beside the neurons, such as sphere or pca")
      }
      _ = try selection()
    }

    func selection() throws -> RowSelection {
      guard let selection = RowSelection(rows) else {
        throw ValidationError(
          "--rows takes random, best, worst, or different names such as n042,r007, got \(rows)")
      }
      return selection
    }
  }

  struct Sheets: ParsableArguments {
    @Option(help: ArgumentHelp("Images per row. Default: 9, or all there are.", valueName: "N"))
    var top: Int?

    @Flag(help: "Also draw a sheet per direction from its highest scores to its lowest.")
    var strata = false

    @Flag(help: "Also draw a sheet per direction with its top images of every class.")
    var perClass = false

    @Flag(help: "Draw only a sheet of all rows in random order without their names; key.json has the key.")
    var blind = false

    @Option(
      help: ArgumentHelp("Format: screen, a4 (pages at 150 dpi) or slide (16:9).", valueName: "NAME"))
    var preset: SheetPreset = .screen

    @Flag(help: "Also write every sheet as a PDF.")
    var pdf = false

    func validate() throws {
      try require("--top", top, in: 1...200)
      for (name, isGiven) in [("strata", strata), ("per-class", perClass)] where blind && isGiven {
        throw ValidationError(
          "--blind hides which rows are neurons and --\(name) shows it: give one of the two")
      }
    }

    var presentation: GalleryPresentation {
      GalleryPresentation(
        hasStrata: strata, hasClasses: perClass, isBlind: blind, preset: preset, hasPDF: pdf)
    }
  }

  public init() {}

  public var folderName: String {
    get throws {
      (sheets.blind ? "blind-" : "gallery-") + (try dataOptions.source(for: model.source)).shortName
    }
  }

  public func experiment() throws -> GalleryExperiment {
    GalleryExperiment(
      GalleryExperiment.Configuration(
        model: model.source, data: try dataOptions.source(for: model.source), layer: features.layer,
        pooling: features.pooling, activation: features.activation, neuronCount: subject.neurons ?? 8,
        directionCount: subject.directions, family: subject.against, topCount: sheets.top ?? 9,
        seed: common.seed, split: features.split, rows: try subject.selection(),
        presentation: sheets.presentation),
      given: Set(
        (subject.neurons == nil ? [] : [.neuronCount]) + (sheets.top == nil ? [] : [.topCount])),
      workerCount: common.workerCount, cache: features.featureCache)
  }
}

extension SheetPreset: ExpressibleByArgument {}
