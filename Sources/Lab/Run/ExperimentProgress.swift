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
  /// One of several alike experiments inside this one began, such as the training of the third network of six. The
  /// names of its stages begin with `name` and a colon; it ends with the first stage without.
  case part(name: String, number: Int, count: Int)
}

/// Receives progress, from any thread, at most some twenty times a second. What it throws stops the experiment,
/// which leaves its run folder so that it can go on.
public typealias ProgressHandler = @Sendable (ExperimentProgress) throws -> Void

/// For an experiment inside another: `name` stands before each of its stages.
package func stages(of name: String, _ progress: @escaping ProgressHandler) -> ProgressHandler {
  { event in
    switch event {
    case .stage(let stage): try progress(.stage("\(name): \(stage)"))
    case .part(let part, let number, let count):
      try progress(.part(name: "\(name): \(part)", number: number, count: count))
    default: try progress(event)
    }
  }
}

/// The same for one of `count` alike experiments: announces it first, so that the time left for all can be told.
package func stages(
  of name: String, number: Int, count: Int, _ progress: @escaping ProgressHandler
) throws -> ProgressHandler {
  try progress(.part(name: name, number: number, count: count))
  return stages(of: name, progress)
}
