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

  /// Seconds since the work was asked for.
  var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Says that the work is done and how long it took.
  ///
  /// - Parameter seconds: By default until now.
  func answer(seconds: Double? = nil, counts: [String: Int]? = nil) throws {
    try write(WorkerAnswer(seconds: seconds ?? elapsed, counts: counts))
  }

  private func write(_ message: some Encodable) throws {
    try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(message) + Data("\n".utf8))
  }
}
