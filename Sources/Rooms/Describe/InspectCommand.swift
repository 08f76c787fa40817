import ArgumentParser
import Commands
import Foundation

package struct InspectCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a network's layers, shapes, parameters and feature layer.")

  @OptionGroup var model: ModelOptions

  @Option(help: "Take another layer as the feature layer.")
  var layer: String?

  @Flag(help: "Print the description as JSON on standard output.")
  var json = false

  package init() {}

  package func run() throws {
    let description = try Console.refusingUnknownNames {
      try ModelDescription(of: model.source.load(), featureLayer: layer)
    }
    if json {
      try Console.printJSON(description)
    } else {
      try Output.result(description.lines)
      guard let match = try model.source.weightMatch() else { return }
      if !match.remarks.isEmpty { try Output.result([""] + match.remarks) }
      if match.method == .byOrder {
        try Output.result(
          ["", "weights were matched in order; check that each is where it belongs:"]
            + match.pairs.map { "  \($0.parameter)  from  \($0.tensor)" })
      }
    }
  }
}
