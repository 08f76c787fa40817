import ArgumentParser
import Datasets
import Foundation
import Images
import Lab
import Networks

/// Options of every command that runs an experiment.
package struct CommonOptions: ParsableArguments {
  @Flag(help: "Say nothing but errors and, with --json, results.")
  package var quiet = false

  @Flag(help: "Print the results as JSON on standard output.")
  package var json = false

  @Option(help: "How many cores to use. Default: all.")
  package var workers: Int?

  @Option(help: "Number from which everything random is drawn.")
  package var seed: UInt64 = 1

  @OptionGroup package var instructions: InstructionSetOption

  package init() {}

  package func validate() throws {
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers must be between 1 and 1024, got \(workers)")
    }
  }

  package var workerCount: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// Which images, and how to read them.
package struct DataOptions: ParsableArguments {
  @Option(help: "A data set's name (fashion-mnist, mnist, kmnist, cifar10) or a folder of images or arrays.")
  package var data: String

  @OptionGroup package var reading: ReadingOptions

  package init() {}

  package func validate() throws { try Self.check(data) }

  package static func check(_ data: String?, option: String = "--data") throws {
    if data?.isEmpty == true { throw ValidationError("\(option) needs a name or a folder, got \"\"") }
  }

  package func source() throws -> DataSource { DataSource(name: data, options: try reading.options()) }
}

/// Which images networks are shown that somebody already has: what is not given, their training says.
package struct ShownDataOptions: ParsableArguments {
  @Option(
    help:
      "A data set's name (fashion-mnist, mnist, kmnist, cifar10) or a folder of images or arrays. Default: what the model was trained on."
  )
  package var data: String?

  @OptionGroup package var reading: ReadingOptions

  @Flag(help: "Go on where held-out images are among those that the model was trained on.")
  package var trainedImagesToo = false

  package init() {}

  package func validate() throws { try DataOptions.check(data) }

  /// - Parameters:
  ///   - model: What says which data, and how they are read; nil: nothing does.
  ///   - images: Taken instead of a data set.
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

/// How to read images of one's own.
package struct ReadingOptions: ParsableArguments {
  @Option(help: "Resize the images of a folder to HEIGHTxWIDTH.")
  var resize: String?

  @Option(
    help:
      "Colour of a folder's images: \(DatasetOptions.Colour.allCases.map(\.rawValue).joined(separator: ", ")). Default: automatic."
  )
  package var colour: DatasetOptions.Colour?

  @Option(
    help: "Axes of a four-dimensional images.npy: channels-first or channels-last. Default: from its shape.")
  var arrayLayout: DatasetOptions.ArrayLayout?

  @Option(
    help:
      "Share of each class to hold out where the data have no test part. Default: 0.2; for a model as in its training."
  )
  package var heldOut: Double?

  @Option(
    help: "Number that chooses which images are held out there. Default: 1; for a model as in its training.")
  var splitSeed: UInt64?

  @Option(help: "Names of the classes to read, with commas between, such as 3,7. Default: all.")
  package var classes: String?

  package init() {}

  private var classNames: [String]? { classes?.split(separator: ",").map(String.init) }

  package func validate() throws {
    if let names = classNames, names.count < 2 || Set(names).count < names.count {
      throw ValidationError("--classes takes two names at least, each once, got \(classes ?? "")")
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

extension DatasetOptions.Colour: ExpressibleByArgument {}
extension DatasetOptions.ArrayLayout: ExpressibleByArgument {}
extension TransferAttack: ExpressibleByArgument {}
extension DirectionFamily: ExpressibleByArgument {}
extension ImageSplit: ExpressibleByArgument {}
extension MapPooling: ExpressibleByArgument {}
extension ActivationReading: ExpressibleByArgument {}
