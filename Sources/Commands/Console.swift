import ArgumentParser
import Figures
import Foundation
import Lab
import Networks
import Storage
import Synchronization

/// Draws progress on standard error and prints results on standard output.
///
/// On a terminal a line or two are drawn over and over, as wide as it is at that moment; elsewhere, and on one that
/// cannot move its cursor, only what ends (a stage, an epoch) gets a line.
package final class Console: Sendable {
  private let quiet: Bool
  private let json: Bool
  private let state = Mutex(State())

  private struct State {
    var display = ProgressDisplay()
    var lastDrawn: ContinuousClock.Instant?
  }

  package init(quiet: Bool, json: Bool) {
    self.quiet = quiet
    self.json = json
  }

  package convenience init(_ options: CommonOptions) { self.init(quiet: options.quiet, json: options.json) }

  /// Told of workers that memory does not suffice for.
  private var concessions: MemoryConcessions { MemoryConcessions { [self] in draw(.warning($0)) } }

  /// Told of figures that could not be drawn.
  private var failures: FigureFailures {
    FigureFailures { [self] sentence in draw(.warning(sentence)) }
  }

  /// Runs an experiment with progress drawn, and stops it at a signal.
  ///
  /// - Parameter resume: How to go on after Ctrl-C; printed then.
  package func run<Result>(resume: String, _ body: (@escaping ProgressHandler) throws -> Result) throws
    -> Result
  {
    try Interruption.inExperiment(resume: resume) {
      defer { Output.eraseSketch() }
      do {
        return try Self.refusingUnknownNames {
          try MemoryConcessions.$current.withValue(concessions) {
            try FigureFailures.$current.withValue(failures) {
              try body { [self] progress in
                try Interruption.check()
                draw(progress)
              }
            }
          }
        }
      } catch  where Interruption.isRequested {
        // Whatever was thrown.
        throw interrupted(resume: resume)
      }
    }
  }

  private func interrupted(resume: String) -> ExitCode {
    Self.remark(ProgressLine(sentence: Interruption.sentence(resume: resume)))
    return Interruption.exitCode
  }

  /// Arguments that turn out wrong only beside the model and the data end with the parser's exit code, without its
  /// usage.
  package static func refusingUnknownNames<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error where isAboutArguments(error) {
      Output.remark("Error: \(error)")
      throw ExitCode.validationFailure
    }
  }

  private static func isAboutArguments(_ error: any Error) -> Bool {
    switch error {
    case let error as any ArgumentError: error.isAboutArguments
    case NetworkError.unknownLayer, NetworkError.noActivation, is PrivateTrainingError: true
    default: false
    }
  }

  /// The same for work that waits for the network, perhaps without a word: a signal cancels its task.
  package func run<Result: Sendable>(
    resume: String, _ body: @escaping @Sendable (@escaping ProgressHandler) async throws -> Result
  ) async throws -> Result {
    try await Interruption.inExperiment(resume: resume) {
      defer { Output.eraseSketch() }
      do {
        return try await withThrowingTaskGroup(of: Result?.self) { group in
          group.addTask { [self] in
            try await MemoryConcessions.$current.withValue(concessions) {
              try await body { [self] in draw($0) }
            }
          }
          group.addTask {
            while !Task.isCancelled {
              try Interruption.check()
              try await Task.sleep(for: .milliseconds(50))
            }
            return nil
          }
          defer { group.cancelAll() }
          while let ended = try await group.next() {
            if let result = ended { return result }
          }
          throw CancellationError()
        }
      } catch  where Interruption.isRequested {
        throw interrupted(resume: resume)
      }
    }
  }

  /// Runs a server until a signal, which is its proper end.
  package func serve(_ body: @escaping @Sendable () async throws -> Void) async throws {
    // A server outlives whoever reads what it says.
    signal(SIGPIPE, SIG_IGN)
    try await Interruption.inServer {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
          while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
        }
        try await group.next()
        group.cancelAll()
      }
    }
  }

  /// Prints results: JSON if asked for, else the lines given, unless quiet.
  ///
  /// - Throws: ``Output/Lost`` when standard output is full or closed.
  package func report(_ results: some Encodable, lines: [String]) throws {
    if json {
      try Self.printJSON(results)
    } else if !quiet {
      try Output.result(lines)
    }
  }

  /// Results as JSON, or what was found and where to look, as the list of exhibits in `folder` says.
  package func report(_ results: some Encodable, in folder: RunFolder) throws {
    try report(results, lines: ExhibitList(of: folder)?.lines(in: folder) ?? [])
  }

  /// One JSON document on standard output.
  package static func printJSON(_ value: some Encodable) throws {
    try Output.result(json: JSONFile.encoded(value, file: URL(filePath: "standard output")))
  }

  private func draw(_ progress: ExperimentProgress) {
    guard !quiet else { return }
    let now = ContinuousClock.now
    let (lines, isDue) = state.withLock { state in
      let lines = state.display.take(progress, at: now)
      let isDue = !lines.isEmpty || state.lastDrawn.map { now - $0 >= .milliseconds(80) } ?? true
      if isDue { state.lastDrawn = now }
      return (lines, isDue)
    }
    lines.forEach(Self.remark)
    guard isDue, let columns = Output.sketchColumns else { return }
    let sketch = state.withLock { $0.display.sketch(columns: columns, at: now) }
    if !sketch.isEmpty { Output.sketch(sketch, columns: columns) }
  }

  /// On a terminal words and fields stay whole; in a log a line is a line.
  private static func remark(_ line: ProgressLine) {
    for row in Output.sketchColumns.map(line.folded) ?? [line.text] { Output.remark(row) }
  }
}
