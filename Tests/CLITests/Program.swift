import Foundation
import Testing

@testable import Lab

/// The built `intrigue`, run as a user runs it.
struct Program {
  struct Outcome {
    /// Nil: it was ended by a signal, that is, it crashed.
    let exitCode: Int32?
    /// The signal that ended it.
    var signal: Int32?
    let output: String
    let errors: String
  }

  /// Beside the test bundle: in the folder of the build's products.
  static var executable: URL {
    get throws {
      let file = Bundle.main.bundleURL.appending(path: "intrigue")
      try #require(
        FileManager.default.isExecutableFile(atPath: file.path),
        "\(file.path) is missing: build the product intrigue first")
      return file
    }
  }

  /// Its folder is where the program runs and where paths in its arguments start. Held, so that it stays.
  let laboratory: Laboratory
  /// `INTRIGUE_DATASETS` for it.
  var datasets = ""
  var environment: [String: String] = [:]

  /// Runs it to its end.
  func run(_ arguments: [String]) async throws -> Outcome {
    try await start(arguments).outcome()
  }

  /// Runs it to its end, or kills it when it takes longer.
  func run(_ arguments: [String], atMost duration: Duration) async throws -> Outcome {
    let run = try start(arguments)
    let watch = Task { [identifier = run.identifier] in
      try await Task.sleep(for: duration)
      kill(identifier, SIGKILL)
    }
    defer { watch.cancel() }
    return try await run.outcome()
  }

  /// Runs it to its end; a write beyond so many kilobytes of a file fails.
  func run(_ arguments: [String], fileLimit kilobytes: Int) async throws -> Outcome {
    let shell = "trap '' XFSZ; ulimit -f \(kilobytes * 1024 / Self.limitUnit); exec \"$0\" \"$@\""
    return try await Run(
      self, ["-c", shell, try Self.executable.path] + arguments, executable: URL(filePath: "/bin/bash")
    ).outcome()
  }

  /// Runs it to its end with standard streams of the shell's making, such as `>/dev/full`.
  ///
  /// - Parameters:
  ///   - preparation: What the shell does before, such as `ulimit`.
  ///   - runner: A program that runs it.
  func run(
    _ arguments: [String], redirected redirection: String, after preparation: String = "",
    by runner: String = ""
  ) async throws -> Outcome {
    try await Run(
      self,
      ["-c", preparation + #"exec \#(runner) "$0" "$@" \#(redirection)"#, try Self.executable.path]
        + arguments,
      executable: URL(filePath: "/bin/bash")
    ).outcome()
  }

  /// Runs it and presses Ctrl-C when it has said `text` on standard error.
  func run(_ arguments: [String], interruptedAfter text: String) async throws -> Outcome {
    try await run(arguments, sending: "INT", after: text).outcome
  }

  /// Runs it and sends it a signal some seconds after it has said `text` on standard error.
  func run(
    _ arguments: [String], sending signal: String, after text: String, delay: Double = 0
  ) async throws -> (outcome: Outcome, seconds: Double) {
    try await run(
      arguments, sending: signal, when: #"grep -qsF -e "$text" /proc/$$/fd/3"#, text: text, delay: delay)
  }

  /// Runs it and sends it a signal when a condition of the shell holds. A shell does that and takes the time, because a
  /// test may wait for seconds for its turn, and the program would have ended by then.
  ///
  /// - Returns: What came of it, and the seconds between the signal and the end.
  func run(
    _ arguments: [String], sending signal: String, when condition: String, text: String = "",
    delay: Double = 0
  ) async throws -> (outcome: Outcome, seconds: Double) {
    // Job control: without it a shell starts what runs beside it deaf to Ctrl-C. What the shell itself says of its
    // job is thrown away.
    let shell = """
      set -m; signal=$1; text=$2; delay=$3; shift 3; exec 3>&2 2>/dev/null; "$0" "$@" 2>&3 &
      until \(condition); do kill -0 $! || break; sleep 0.01; done
      sleep $delay; start=$EPOCHREALTIME; kill -$signal $!; wait $!; code=$?
      echo "took $(( ${EPOCHREALTIME/[.,]} - ${start/[.,]} ))"; exit $code
      """
    let outcome = try await Run(
      self, ["-c", shell, try Self.executable.path, signal, text, "\(delay)"] + arguments,
      executable: URL(filePath: "/bin/bash")
    ).outcome()
    let last = outcome.output.split(separator: "\n").last ?? ""
    let microseconds = try #require(Double(last.replacing("took ", with: "")), "\(outcome)")
    return (outcome, microseconds / 1e6)
  }

  /// Bytes that bash's `ulimit -f` counts in.
  private static let limitUnit = 1024

  /// Starts it, or another program in its place, and returns.
  func start(_ arguments: [String], executable: URL? = nil) throws -> Run {
    try Run(self, arguments, executable: executable ?? Self.executable)
  }

  /// A running program. What it prints goes to files, so that it never waits for a reader.
  final class Run {
    private let process = Process()
    private let laboratory: Laboratory
    private let output: Destination
    private let errors: Destination
    private let ended: AsyncStream<Void>

    fileprivate init(_ program: Program, _ arguments: [String], executable: URL) throws {
      laboratory = program.laboratory
      output = try Destination()
      errors = try Destination()
      let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
      ended = stream
      process.executableURL = executable
      process.arguments = arguments
      process.currentDirectoryURL = program.laboratory.folder
      process.environment = ProcessInfo.processInfo.environment
        .merging(["INTRIGUE_DATASETS": program.datasets]) { $1 }.merging(program.environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = output.handle
      process.standardError = errors.handle
      process.terminationHandler = { _ in continuation.finish() }
      try process.run()
    }

    /// Waits until `text` was printed on standard error.
    func waitForErrors(containing text: String) async throws {
      while try !errors.text().contains(text) {
        let isRunning = process.isRunning
        let said = try errors.text()
        try #require(isRunning || said.contains(text), "it ended before it said \"\(text)\": \(said)")
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    /// Waits until `text` was printed on standard output.
    ///
    /// - Returns: What was printed so far.
    @discardableResult
    func waitForOutput(containing text: String) async throws -> String {
      while try !output.text().contains(text) {
        let isRunning = process.isRunning
        let said = try output.text()
        let complaint = try errors.text()
        try #require(
          isRunning || said.contains(text), "it ended before it printed \"\(text)\": \(complaint)")
        try await Task.sleep(for: .milliseconds(5))
      }
      return try output.text()
    }

    fileprivate var identifier: pid_t { process.processIdentifier }

    /// What Ctrl-C does.
    func interrupt() { process.interrupt() }

    /// Ends it without giving it a chance to tidy up.
    func kill() { Foundation.kill(identifier, SIGKILL) }

    /// Presses Ctrl-C after a while, unless it has ended by then, and kills it if that does not end it.
    func outcome(interruptedAfter duration: Duration) async throws -> Outcome {
      let watch = Task { [identifier] in
        try await Task.sleep(for: duration)
        Foundation.kill(identifier, SIGINT)
        try await Task.sleep(for: .seconds(10))
        Foundation.kill(identifier, SIGKILL)
      }
      defer { watch.cancel() }
      return try await outcome()
    }

    func outcome() async throws -> Outcome {
      for await _ in ended {}
      process.waitUntilExit()
      return Outcome(
        exitCode: process.terminationReason == .exit ? process.terminationStatus : nil,
        signal: process.terminationReason == .exit ? nil : process.terminationStatus,
        output: try output.text(), errors: try errors.text())
    }
  }

  private final class Destination {
    let handle: FileHandle
    private let file: URL

    init() throws {
      file = FileManager.default.temporaryDirectory.appending(path: "intrigue-\(UUID().uuidString)")
      try Data().write(to: file)
      handle = try FileHandle(forWritingTo: file)
    }

    func text() throws -> String { String(decoding: try Data(contentsOf: file), as: UTF8.self) }

    deinit { try? FileManager.default.removeItem(at: file) }
  }
}

/// Expects success, and silence on standard error.
func expectSuccess(
  _ outcome: Program.Outcome, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(outcome.exitCode == 0, "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(outcome.errors == "", sourceLocation: sourceLocation)
}

/// Expects exit code 1 and, on standard error, one sentence with each of `words`.
func expectRefusal(
  _ outcome: Program.Outcome, saying words: [String], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    outcome.exitCode == 1, "\(outcome.exitCode.map { "\($0)" } ?? "a signal"): \(outcome.errors)",
    sourceLocation: sourceLocation)
  #expect(outcome.output == "", sourceLocation: sourceLocation)
  #expect(
    outcome.errors.hasPrefix("Error: ") && outcome.errors.hasSuffix("\n")
      && outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2,
    "not one line: \(outcome.errors)", sourceLocation: sourceLocation)
  for word in words {
    #expect(outcome.errors.contains(word), "\(outcome.errors) lacks: \(word)", sourceLocation: sourceLocation)
  }
}
