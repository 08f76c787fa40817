import ArgumentParser
import Figures
import Foundation
import Lab
import Networks
import Storage
import Synchronization

/// Draws progress on standard error and prints results on standard output.
///
/// On a terminal one line is drawn over and over; elsewhere only what ends (a stage, an epoch) gets a line.
package final class Console: Sendable {
  private let quiet: Bool
  private let json: Bool
  private let state = Mutex(State())

  private struct State {
    var lastDrawn: ContinuousClock.Instant?
    var hasOpenLine = false
    var stage = ""
    var stageStart = ContinuousClock.now
    /// What the first step of the stage found done: by an earlier run, so no measure of this one's speed.
    var doneBefore: Int?
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
    FigureFailures { [self] sentence in
      // gnuplot is ended, too, by whoever ends this program.
      try Interruption.check()
      draw(.warning(sentence))
    }
  }

  /// Runs an experiment with progress drawn, and stops it at a signal.
  ///
  /// - Parameter resume: How to go on after Ctrl-C; printed then.
  package func run<Result>(resume: String, _ body: (@escaping ProgressHandler) throws -> Result) throws
    -> Result
  {
    try Interruption.inExperiment(resume: resume) {
      defer { closeLine() }
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
        // Whatever was thrown: a chart fails, too, when the program that draws it was ended.
        throw interrupted(resume: resume)
      }
    }
  }

  private func interrupted(resume: String) -> ExitCode {
    closeLine()
    Output.remark(Interruption.sentence(resume: resume))
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
      defer { closeLine() }
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
    closeLine()
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
    switch progress {
    case .stage(let name):
      closeLine()
      state.withLock {
        $0.stage = name
        $0.stageStart = .now
        $0.doneBefore = nil
      }
      Output.remark(name)
    case .warning(let text):
      closeLine()
      Output.remark("warning: \(text)")
    case .epoch(let record, let count):
      closeLine()
      Output.remark(Self.line(record, of: count))
    case .training(let training): redraw(Self.line(training))
    case .step(let done, let total, let unit):
      let (seconds, before) = state.withLock { state in
        let before = state.doneBefore ?? done
        state.doneBefore = before
        return ((ContinuousClock.now - state.stageStart) / .seconds(1), before)
      }
      let left = done > before ? Self.duration(seconds / Double(done - before) * Double(total - done)) : "?"
      redraw("  \(bar(done, total)) \(done)/\(total) \(unit), \(left) left")
    }
  }

  private static func line(_ record: EpochRecord, of count: Int) -> String {
    var text = String(
      format: "  %@ %d/%d  loss %.4f  accuracy %.2f %%", record.gradientNorm == nil ? "epoch" : "iteration",
      record.epoch, count, record.trainingLoss, 100 * record.trainingAccuracy)
    if let norm = record.gradientNorm { text += String(format: "  gradient %.1e", norm) }
    if let loss = record.validationLoss, let accuracy = record.validationAccuracy {
      text += String(format: "  validation loss %.4f  accuracy %.2f %%", loss, 100 * accuracy)
    }
    return text + String(format: "  %.0f images/s  %.1f s", record.imagesPerSecond, record.seconds)
  }

  private static func line(_ progress: TrainingProgress) -> String {
    if let norm = progress.gradientNorm {
      return String(
        format: "  iteration %d/%d  loss %.6f  accuracy %.2f %%  gradient %.1e", progress.epoch,
        progress.epochCount, progress.loss, 100 * progress.accuracy, norm)
    }
    let left = Double(progress.imageCount - progress.imagesDone) / max(progress.imagesPerSecond, 1)
    let later =
      Double(progress.epochCount - progress.epoch) * Double(progress.imageCount)
      / max(progress.imagesPerSecond, 1)
    return String(
      format: "  epoch %d/%d  %3d %%  loss %.4f  accuracy %.2f %%  %.0f images/s  ", progress.epoch,
      progress.epochCount, 100 * progress.imagesDone / max(progress.imageCount, 1), progress.loss,
      100 * progress.accuracy, progress.imagesPerSecond) + "\(duration(left + later)) left"
  }

  private static func duration(_ seconds: Double) -> String {
    guard seconds < 1e9 else { return "?" }  // and for NaN
    let whole = Int(seconds.rounded(.up))
    return whole < 60 ? "\(whole) s" : String(format: "%d min %02d s", whole / 60, whole % 60)
  }

  private func bar(_ done: Int, _ total: Int) -> String {
    let width = 24
    let filled = total > 0 ? min(width, width * done / total) : width
    return "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled) + "]"
  }

  private func redraw(_ line: String) {
    guard Output.canRedraw else { return }
    let isDue = state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.lastDrawn, now - last < .milliseconds(80) { return false }
      state.lastDrawn = now
      state.hasOpenLine = true
      return true
    }
    if isDue { Output.redraw(line) }
  }

  private func closeLine() {
    let wasOpen = state.withLock { state in
      defer { state.hasOpenLine = false }
      return state.hasOpenLine
    }
    if wasOpen { Output.clearLine() }
  }
}
