import ArgumentParser
import Lab

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
}
