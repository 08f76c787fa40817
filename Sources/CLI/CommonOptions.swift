import ArgumentParser
import Foundation
import Intrigue

/// Options of every command that runs an experiment.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Say nothing but errors and, with --json, results.")
  var quiet = false

  @Flag(help: "Print the results as JSON on standard output.")
  var json = false

  @Option(help: "How many cores to use. Default: all.")
  var workers: Int?

  @Option(help: "Number from which everything random is drawn.")
  var seed: UInt64 = 1

  @OptionGroup var instructions: InstructionSetOption

  func validate() throws {
    if let workers, !(1...1024).contains(workers) {
      throw ValidationError("--workers must be between 1 and 1024, got \(workers)")
    }
  }

  var workerCount: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// Which images, and how to read them.
struct DataOptions: ParsableArguments {
  @Option(help: "A data set's name (fashion-mnist, mnist, kmnist, cifar10) or a folder of images or arrays.")
  var data: String

  @OptionGroup var reading: ReadingOptions

  func source() throws -> DataSource { DataSource(name: data, options: try reading.options()) }
}

/// How to read images of one's own.
struct ReadingOptions: ParsableArguments {
  @Option(help: "Resize the images of a folder to HEIGHTxWIDTH.")
  var resize: String?

  @Option(
    help:
      "Colour of a folder's images: \(DatasetOptions.Colour.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var colour: DatasetOptions.Colour = .automatic

  @Option(
    help: "Axes of a four-dimensional images.npy: channels-first or channels-last. Default: from its shape.")
  var arrayLayout: DatasetOptions.ArrayLayout?

  @Option(help: "Share of each class to hold out where the data have no test part.")
  var heldOut = 0.2

  @Option(
    help: "Chooses which images are held out there. Use the same for a network and for what is asked of it.")
  var splitSeed: UInt64 = 1

  @Option(help: "Names of the classes to read, with commas between, such as 3,7. Default: all.")
  var classes: String?

  private var classNames: [String]? { classes?.split(separator: ",").map(String.init) }

  func validate() throws {
    if let names = classNames, names.count < 2 || Set(names).count < names.count {
      throw ValidationError("--classes takes two names at least, each once, got \(classes ?? "")")
    }
    guard heldOut > 0, heldOut < 1 else {
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

  func options() throws -> DatasetOptions {
    DatasetOptions(
      size: try size(), colour: colour, arrayLayout: arrayLayout, heldOutFraction: heldOut, seed: splitSeed,
      classes: classNames)
  }
}

extension DatasetOptions.Colour: ExpressibleByArgument {}
extension DatasetOptions.ArrayLayout: ExpressibleByArgument {}
extension ImageSplit: ExpressibleByArgument {}
extension MapPooling: ExpressibleByArgument {}
extension ActivationReading: ExpressibleByArgument {}
