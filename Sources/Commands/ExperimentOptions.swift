import ArgumentParser
import Foundation
import Lab

/// The options of a command that runs one experiment: they stand in the room of the experiment, and are where the ranges
/// of its settings are checked.
public protocol ExperimentOptions: ParsableArguments {
  associatedtype Subject: Experiment

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
  func experiment() throws -> Subject
  /// Runs what was asked for, and prints what was found: by default ``experiment()``.
  func run() throws
}

extension ExperimentOptions {
  public static var resume: Resume { .again }

  public func run() throws { try run(experiment()) }

  /// Runs an experiment with progress drawn, and prints what its list of exhibits says.
  package func run(_ experiment: some Experiment) throws {
    let folder = output.folder(default: try folderName)
    let console = Console(common)
    let results = try console.run(resume: Self.resume.rawValue) {
      try experiment.run(in: folder, progress: $0)
    }
    try console.report(results, in: folder)
  }
}

/// What becomes of a run that was stopped.
public enum Resume: String, Sendable {
  /// It takes seconds, or its parts are kept elsewhere.
  case again = "Nothing is lost; run the command again."
  /// Parts are kept in its folder.
  case same = "The same command goes on."
  /// Parts are kept in its folder, and an option discards them.
  case sameUnlessFresh = "The same command, without --fresh, goes on."
  case epochs = "The same command, without --fresh, goes on after the last finished epoch."
  case blocks = "The same command goes on after the last block of features that is on disk."
}

/// The command of an experiment.
public struct RunCommand<Options: ExperimentOptions>: ParsableCommand {
  public static var configuration: CommandConfiguration { Options.command }

  @OptionGroup var options: Options

  public init() {}

  public func run() throws { try options.run() }
}
