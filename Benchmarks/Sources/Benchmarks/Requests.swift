import Foundation

/// The worker's end of the conversation: waits for requests, times what happens until they are answered.
final class Requests {
  private var start = ContinuousClock.now

  func greet(_ greeting: WorkerGreeting) throws {
    try write(greeting)
  }

  /// Waits until the work is asked for, and starts the clock.
  ///
  /// - Returns: False when there is nothing more to do.
  func next() -> Bool {
    guard readLine() != nil else { return false }
    start = .now
    return true
  }

  /// Stops the clock and says what it shows.
  func answer() throws {
    try write(WorkerAnswer(seconds: (ContinuousClock.now - start) / .seconds(1)))
  }

  private func write(_ message: some Encodable) throws {
    try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(message) + Data("\n".utf8))
  }
}
