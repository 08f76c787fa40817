import ArgumentParser
import Lab

extension ArchitectureChoice {
  /// Of `--architecture`.
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
