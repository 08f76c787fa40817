import ArgumentParser
import Lab
import Networks

extension ArchitectureChoice {
  /// Creates the choice that the value of `--architecture` names.
  ///
  /// - Throws: `ValidationError`.
  package init(argument: String) throws {
    do {
      try self.init(argument)
    } catch let error as UnknownArchitecture {
      throw ValidationError(error.description)
    }
  }

  /// Names, and JSON files.
  package static let completion = CompletionKind.names(
    Architecture.Named.allCases.map(\.rawValue), orFiles: ["json"])
}
