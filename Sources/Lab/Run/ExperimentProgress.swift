import Networks

/// What an experiment is doing, told as it goes. Drawing it is the caller's business.
public enum ExperimentProgress: Sendable {
  /// A stage began; a few words.
  case stage(String)
  /// Part of a countable stage is done.
  case step(done: Int, total: Int, unit: String)
  case training(TrainingProgress)
  case epoch(EpochRecord, of: Int)
  /// Something the user should know that is no error.
  case warning(String)
}

/// Receives progress, from any thread, at most some twenty times a second. What it throws stops the experiment,
/// which leaves its run folder so that it can go on.
public typealias ProgressHandler = @Sendable (ExperimentProgress) throws -> Void

/// For an experiment inside another: `name` stands before each of its stages.
package func stages(of name: String, _ progress: @escaping ProgressHandler) -> ProgressHandler {
  { event in
    if case .stage(let stage) = event {
      try progress(.stage("\(name): \(stage)"))
    } else {
      try progress(event)
    }
  }
}
