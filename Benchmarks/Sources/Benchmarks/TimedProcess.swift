import Foundation

/// Runs a program from start to end.
enum TimedProcess {
  struct Outcome {
    let seconds: Double
    let peakMemoryBytes: Int?
  }

  /// - Returns: Time from start to end, and the most memory that was held, looked up every 20 ms.
  /// - Throws: ``WorkerUnavailable`` with the last line of its errors when it does not start or fails.
  static func run(_ program: URL, _ arguments: [String]) throws -> Outcome {
    let errors = FileManager.default.temporaryDirectory.appending(path: "benchmarks-\(UUID().uuidString)")
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    let errorOutput = try FileHandle(forWritingTo: errors)
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errorOutput
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }

    let start = ContinuousClock.now
    do {
      try process.run()
    } catch {
      throw WorkerUnavailable(reason: "\(program.path) does not start: \(error.localizedDescription)")
    }
    var peak: Int?
    while ended.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
      peak = PeakMemory.ofProcess(process.processIdentifier) ?? peak
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard process.terminationStatus == 0 else {
      let lines = (try? String(contentsOf: errors, encoding: .utf8))?.split(separator: "\n") ?? []
      throw WorkerUnavailable(
        reason: "\(program.lastPathComponent) failed: \(lines.last ?? "it gave no reason")")
    }
    return Outcome(seconds: seconds, peakMemoryBytes: peak)
  }
}
