import ArgumentParser
import Foundation
import Lab

/// A trained network: a model file, or weights of another program with an architecture file.
package struct ModelOptions: ParsableArguments {
  @Argument(help: "A model file (.safetensors) made by intrigue train, or the folder of its run.")
  package var model: String?

  @Option(help: "Weights made by another program (.safetensors), instead of a model; needs --architecture.")
  package var weights: String?

  @Option(help: "The architecture of --weights: a JSON file.")
  package var architecture: String?

  package init() {}

  package func validate() throws {
    switch (model, weights, architecture) {
    case (.some, nil, nil), (nil, .some, .some): return
    case (nil, nil, _): throw ValidationError("give a model file, or --weights with --architecture")
    case (nil, .some, nil): throw ValidationError("--weights needs --architecture FILE.json")
    default: throw ValidationError("give either a model file or --weights with --architecture, not both")
    }
  }

  package var source: ModelSource {
    if let weights, let architecture { return .weights(path: weights, architecture: architecture) }
    return .model(path: model ?? "")  // validate() has seen to it
  }
}

/// Where results go.
package struct OutputOption: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "Folder for the results. Default: output/NAME, NAME saying what was run.")
  package var path: String?

  package init() {}

  package func validate() throws { try Self.check(path) }

  /// An empty path would be the working folder, and comes from a variable of a script that is not set.
  package static func check(_ path: String?) throws {
    if path?.isEmpty == true { throw ValidationError("--output needs a name, got \"\"") }
  }

  /// Nothing is made yet: an experiment that refuses its input leaves no folder behind.
  package func folder(default name: String) -> RunFolder {
    RunFolder(URL(filePath: path ?? "output/\(name)"))
  }
}
