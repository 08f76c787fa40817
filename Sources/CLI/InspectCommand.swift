import ArgumentParser
import Foundation
import Intrigue

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a network's layers, shapes, parameters and feature layer.")

  @OptionGroup var model: ModelOptions

  @Option(help: "Take another layer as the feature layer.")
  var layer: String?

  @Flag(help: "Print the description as JSON on standard output.")
  var json = false

  func run() throws {
    let description = try Console.refusingUnknownNames {
      try ModelDescription(of: model.source.load(), featureLayer: layer)
    }
    if json {
      let data = try JSONFile.encoded(description, file: URL(filePath: "standard output"))
      print(String(decoding: data, as: UTF8.self), terminator: "")
    } else {
      description.lines.forEach { print($0) }
      if let match = try model.source.weightMatch(), match.method == .byOrder {
        print("\nweights were matched in order; check that each is where it belongs:")
        for pair in match.pairs { print("  \(pair.parameter)  from  \(pair.tensor)") }
      }
    }
  }
}
