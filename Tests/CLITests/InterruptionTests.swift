import Foundation
import Testing

/// A signal ends every command within two seconds, in stages without a word of progress as well, and what it leaves can
/// be gone on with.
@Suite(.serialized) struct InterruptionTests {
  /// Several attempts, because a machine may be busy with something else for a second: one within time is enough.
  private func interrupt(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ attempt: () async throws -> (outcome: Program.Outcome, seconds: Double)
  ) async throws -> Program.Outcome {
    var durations: [Double] = []
    while true {
      let (outcome, seconds) = try await attempt()
      durations.append(seconds)
      if seconds < 2 || durations.count == 3 {
        #expect(seconds < 2, "took \(durations) seconds", sourceLocation: sourceLocation)
        return outcome
      }
    }
  }

  private static let signals: [(name: String, code: Int32, word: String)] = [
    ("INT", 130, "Interrupted."), ("TERM", 143, "Terminated."),
    ("HUP", 129, "Terminated."),
  ]

  /// A signal that was ignored when the tests began, as SIGHUP is under nohup, is ignored by the program, too.
  private static var heardSignals: [(name: String, code: Int32, word: String)] {
    signals.filter { signal in
      var action = sigaction()
      sigaction(signal.code - 128, nil, &action)
      return action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } != 1  // SIG_IGN
    }
  }

  @Test(
    "A ranking of one piece ends at each of the signals, with its exit code and how to go on",
    arguments: heardSignals)
  func ranking(signal: String, code: Int32, word: String) async throws {
    let laboratory = try await Laboratory()
    try laboratory.writeArrays(to: "many", count: 50_000)
    let arguments = [
      "rank", "run/model.safetensors", "--data", "many", "--layer", "input", "--split", "training",
      "--no-cache",
      "--output", "out", "--basis", "sphere", "--directions",
    ]
    let program = Program(laboratory: laboratory)
    let outcome = try await interrupt {
      try await program.run(
        arguments + ["400000"], sending: signal, after: "ranking", delay: .random(in: 0...0.5))
    }
    #expect(outcome.exitCode == code, "\(outcome.errors)")
    let last = outcome.errors.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix("\(word) The same command goes on"), "\(outcome.errors)")
    #expect(!outcome.output.contains("images, layer"))
    // The folder can be used again.
    expectSuccess(try await program.run(arguments + ["3", "--quiet"]))
  }

  @Test("While a chart is drawn, too: gnuplot is ended with it, and the same command leaves the same bytes")
  func drawing() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write(
      "#!/bin/sh\necho $$ > gnuplot.pid\ncp gnuplot.pid '\(laboratory.file("").path)'\nexec sleep 60\n",
      to: "bin/gnuplot")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: laboratory.file("bin/gnuplot").path)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let workshop = laboratory.file("workshop")
    try FileManager.default.createDirectory(at: workshop, withIntermediateDirectories: true)
    let program = Program(
      laboratory: laboratory,
      environment: ["PATH": "\(laboratory.file("bin").path):\(path)", "TMPDIR": workshop.path])
    let arguments = ["evaluate", "run/model.safetensors", "--data", "images", "--output", "drawn"]
    for (signal, code) in [("INT", 130), ("TERM", 143)] as [(String, Int32)] {
      let outcome = try await interrupt {
        try? laboratory.remove("gnuplot.pid")
        return try await program.run(arguments, sending: signal, when: "[ -s gnuplot.pid ]")
      }
      #expect(outcome.exitCode == code, "\(outcome.errors)")
      #expect(outcome.errors.contains("Nothing is lost"), "\(outcome.errors)")
      let child = try #require(
        pid_t(String(decoding: laboratory.read("gnuplot.pid"), as: UTF8.self).split(separator: "\n")[0]))
      #expect(kill(child, 0) != 0 && errno == ESRCH, "gnuplot \(child) still runs")
      #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.path) == [])
    }
    expectSuccess(try await Program(laboratory: laboratory).run(arguments + ["--quiet"]))
    let (drawn, whole) = (try laboratory.content(of: "drawn"), try laboratory.content(of: "evaluation"))
    #expect(drawn.count == whole.count)
    for (name, data) in whole where !name.hasSuffix("run.json") {
      #expect(drawn[name.replacing("evaluation/", with: "drawn/")] == data, "\(name)")
    }
  }

  @Test("A second signal ends the process at once")
  func twice() async throws {
    let laboratory = try await Laboratory()
    try laboratory.writeArrays(to: "many", count: 50_000)
    let run = try Program(laboratory: laboratory).start([
      "rank", "run/model.safetensors", "--data", "many", "--layer", "input", "--split", "training",
      "--no-cache", "--output", "out", "--basis", "sphere", "--directions", "400000",
    ])
    try await run.waitForErrors(containing: "ranking")
    run.interrupt()
    try await Task.sleep(for: .milliseconds(50))  // two of a kind at once would be one
    run.interrupt()
    let outcome = try await run.outcome()
    #expect(outcome.exitCode == 130 && !outcome.errors.contains("Interrupted."), "\(outcome.errors)")
  }

  @Test("A program that waits for a reader ends, too")
  func stuckReader() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    // A pipe that is open and that nobody reads; it holds less than this document.
    let outcome = try await Program(laboratory: laboratory).run(
      ["--experimental-dump-help"], redirected: ">&3 & sleep 0.5; kill -TERM $!; wait $!",
      after: "mkfifo full; exec 3<>full; ")
    #expect(outcome.exitCode == 143)
  }

  @Test("Under nohup a hang-up is not heard")
  func ignoredHangUp() async throws {
    let laboratory = try await Laboratory()
    let outcome = try await Program(laboratory: laboratory).run(
      [
        "train", "--data", "images", "--architecture", "network.json", "--epochs", "100", "--batch", "4",
        "--output", "out",
      ], redirected: "& sleep 0.3; kill -HUP $! || exit 99; wait $!", after: "trap '' HUP; ")
    #expect(outcome.exitCode == 0 && outcome.output.contains("accuracy"), "\(outcome)")
  }
}
