import ArgumentParser
import Intrigue

extension TrainExperiment.ArchitectureChoice {
  /// Of `--architecture`.
  ///
  /// - Throws: `ValidationError`.
  init(argument: String) throws {
    do {
      try self.init(argument)
    } catch let error as UnknownArchitecture {
      throw ValidationError(error.description)
    }
  }
}
