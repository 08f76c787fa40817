import ArgumentParser
import Foundation
import Lab

/// The options of a command that runs one experiment: they stand in the room of the experiment, and are where the ranges
/// of its settings are checked.
public protocol ExperimentOptions: ParsableArguments {
  associatedtype Question: Experiment

  /// Name, abstract and discussion of the command.
  static var command: CommandConfiguration { get }
  /// How to go on after Ctrl-C.
  static var resume: Resume { get }

  var output: OutputOption { get }
  var common: CommonOptions { get }

  /// What the folder in `output/` is called where none is given.
  var folderName: String { get throws }
  /// The experiment that was asked for.
  ///
  /// - Throws: `ValidationError`, and what reading a model's record throws.
  func experiment() throws -> Question
  /// Runs what was asked for, and prints what was found: by default ``experiment()``.
  func run() throws
  /// What is made of the finished run's folder.
  func afterwards(in folder: RunFolder, _ progress: @escaping ProgressHandler) throws
}

extension ExperimentOptions {
  public static var resume: Resume { .again }

  public func run() throws { try run(experiment()) }

  /// Runs an experiment with progress drawn, and prints what its list of exhibits says.
  package func run(_ experiment: some Experiment) throws {
    let folder = output.folder(default: try folderName)
    let console = Console(common)
    let results = try console.run(resume: Self.resume.rawValue) {
      let results = try experiment.run(in: folder, progress: $0)
      try afterwards(in: folder, $0)
      return results
    }
    try console.report(results, in: folder)
  }

  public func afterwards(in folder: RunFolder, _ progress: @escaping ProgressHandler) throws {}
}

/// What becomes of a run that was stopped.
public enum Resume: String, Sendable {
  /// It takes seconds, or its parts are kept elsewhere.
  case again = "Nothing is lost; run the command again."
  /// Parts are kept in its folder.
  case same = "Run the same command again to resume."
  /// Parts are kept in its folder, and an option discards them.
  case sameUnlessFresh = "Run the same command again, without --fresh, to resume."
  case epochs =
    "Run the same command again, without --fresh, to resume after the last finished epoch."
  case blocks =
    "Run the same command again to resume after the last block of features that is on disk."
}

/// The command of an experiment.
public struct RunCommand<Options: ExperimentOptions>: ParsableCommand {
  public static var configuration: CommandConfiguration { Options.command }

  @OptionGroup package var options: Options

  public init() {}

  public func run() throws { try options.run() }
}
