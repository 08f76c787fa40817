import ArgumentParser
import Datasets
import Foundation
import Images
import Lab
import Networks

/// Options of every command that runs an experiment.
public struct CommonOptions: ParsableArguments {
  @Flag(help: "Print only errors and, with --json, results.")
  package var quiet = false

  @Flag(help: "Print the results as JSON on standard output.")
  package var json = false

  @Option(help: ArgumentHelp("Number of cores to use. Default: all.", valueName: "N"))
  package var workers: Int?

  @Option(help: ArgumentHelp("Seed of all random draws.", valueName: "N"))
  package var seed: UInt64 = 1

  @OptionGroup package var instructions: InstructionSetOption

  public init() {}

  public func validate() throws {
    try requireWorkers(workers)
  }

  package var workerCount: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// Which images, and how to read them.
package struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("\(Self.words).", valueName: "NAME|FOLDER"), completion: Self.completion)
  package var data: String

  @OptionGroup package var reading: ReadingOptions

  package init() {}

  package func validate() throws { try Self.check(data) }

  /// What every `--data` takes.
  package static let words =
    "Name of a public data set (\(names.joined(separator: ", "))), or a folder of images or arrays"

  private static let names = DatasetCatalogue.entries.map(\.name)

  /// Names of data sets, and folders.
  package static let completion = CompletionKind.names(names)

  package static func check(_ data: String?, option: String = "--data") throws {
    if data?.isEmpty == true { throw ValidationError("\(option) needs a name or a folder, got \"\"") }
  }

  package func source() throws -> DataSource { DataSource(name: data, options: try reading.options()) }

  /// For the name of a folder.
  package var shortName: String { URL(filePath: data).lastPathComponent }
}

/// Which images a network that exists is shown. What is not given is as in its training.
package struct ShownDataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "\(DataOptions.words). Default: the data that the model was trained on.", valueName: "NAME|FOLDER"),
    completion: DataOptions.completion)
  package var data: String?

  @OptionGroup package var reading: ReadingOptions

  @Flag(help: "Continue even if held-out images are among the training images of the model.")
  package var trainedImagesToo = false

  package init() {}

  package func validate() throws { try DataOptions.check(data) }

  /// - Parameters:
  ///   - model: Determines which data are read, and how, where no option does.
  ///   - images: Used instead of a data set.
  package func source(for model: ModelSource?, images: DataSource? = nil) throws -> DataSource {
    var source =
      if let images {
        images
      } else if let data {
        DataSource(name: data)
      } else if let model {
        DataSource(name: try model.trainingDataName())
      } else {
        throw ValidationError("give --data: a data set's name, or a folder of images or arrays")
      }
    source.options = try reading.options()
    source.open = reading.open
    source.trainedImagesToo = trainedImagesToo ? true : nil
    return source
  }
}

/// How images are read.
package struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Resize the images of a folder, for example to 32x32.", valueName: "HEIGHTxWIDTH"))
  var resize: String?

  @Option(
    name: [.customLong("colour"), .customLong("color")],
    help: ArgumentHelp(
      "Colour of a folder's images: automatic (grey if all are grey, otherwise RGB), grey or rgb. Default: automatic; with a model as in its training.",
      valueName: "NAME"))
  package var colour: DatasetOptions.Colour?

  @Option(
    help: ArgumentHelp(
      "Axes of a four-dimensional images.npy: channels-first or channels-last. Default: from its shape.",
      valueName: "NAME"))
  var arrayLayout: DatasetOptions.ArrayLayout?

  @Option(
    help: ArgumentHelp(
      "Fraction of each class to hold out if the data have no test part. Default: 0.2; with a model as in its training.",
      valueName: "FRACTION"))
  package var heldOut: Double?

  @Option(
    help: ArgumentHelp(
      "Seed of the choice of held-out images in that case. Default: 1; with a model as in its training.",
      valueName: "N"))
  var splitSeed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Read only these classes, separated by commas, such as 3,7. Default: all; with a model as in its training.",
      valueName: "LIST"))
  package var classes: String?

  package init() {}

  private var classNames: [String]? { classes?.split(separator: ",").map(String.init) }

  package func validate() throws {
    if let names = classNames, names.count < 2 || Set(names).count < names.count {
      throw ValidationError(
        "--classes takes at least two names separated by commas, each once, got \(classes ?? "")")
    }
    if let heldOut, !(heldOut > 0 && heldOut < 1) {
      throw ValidationError("--held-out must be between 0 and 1, got \(heldOut)")
    }
    _ = try size()
  }

  private func size() throws -> DatasetOptions.Size? {
    guard let resize else { return nil }
    let parts = resize.lowercased().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let height = parts[0], let width = parts[1], (1...4096).contains(height),
      (1...4096).contains(width)
    else { throw ValidationError("--resize takes HEIGHTxWIDTH, for example 32x32, got \(resize)") }
    return DatasetOptions.Size(height: height, width: width)
  }

  package func options() throws -> DatasetOptions {
    var options = DatasetOptions()
    options.size = try size()
    options.arrayLayout = arrayLayout
    options.classes = classNames
    if let colour { options.colour = colour }
    if let heldOut { options.heldOutFraction = heldOut }
    if let splitSeed { options.seed = splitSeed }
    return options
  }

  /// What was not given, and is left to what a network says.
  package var open: Set<DatasetOptions.Setting> {
    let given: [(DatasetOptions.Setting, Bool)] = [
      (.size, resize != nil), (.colour, colour != nil), (.arrayLayout, arrayLayout != nil),
      (.heldOutFraction, heldOut != nil), (.seed, splitSeed != nil), (.classes, classes != nil),
    ]
    return Set(given.filter { !$0.1 }.map(\.0))
  }
}

extension DatasetOptions.Colour: ExpressibleByArgument {
  /// With the American spelling.
  public init?(argument: String) { self.init(rawValue: argument == "gray" ? "grey" : argument) }
}

extension MapPooling: ExpressibleByArgument {
  /// With the American spelling.
  public init?(argument: String) { self.init(rawValue: argument == "center" ? "centre" : argument) }
}

extension DatasetOptions.ArrayLayout: ExpressibleByArgument {}
extension TransferAttack: ExpressibleByArgument {}
extension DirectionFamily: ExpressibleByArgument {}
extension ImageSplit: ExpressibleByArgument {}
extension ActivationReading: ExpressibleByArgument {}
