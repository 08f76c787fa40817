import ArgumentParser
import Commands
import Foundation
import Networks

package struct InspectCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a network's layers, shapes, parameters and feature layer.",
    discussion: """
      Example: intrigue inspect output/demo/model.safetensors

      With --weights it also lists tensors that are not read and, if their names do not agree with the architecture's, \
      the tensor that each parameter was given.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Output") var output: Description

  struct Description: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Feature layer to show. Default: the input of the last linear layer.", valueName: "NAME"))
    var layer: String?

    @Flag(help: "Print the description as JSON on standard output.")
    var json = false
  }

  package init() {}

  package func run() throws {
    let description = try Console.refusingUnknownNames {
      try ModelDescription(of: model.source.load(), featureLayer: output.layer)
    }
    if output.json {
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
