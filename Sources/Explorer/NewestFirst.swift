import Foundation
import LocalServer

/// Work that browsers ask for, one piece at a time; of what waits under the same key only the newest is kept.
///
/// A slider asks more often than can be answered. An older wish that still waits is refused (409) when a newer one
/// comes, so what is done is always what was wished last, and no queue grows. Work runs on a thread of its own: it
/// keeps all cores busy by itself, and the tasks' threads stay free to talk to browsers.
actor NewestFirst {
  private struct Waiting {
    let key: String
    let continuation: CheckedContinuation<Void, any Error>
  }

  /// Keys that may wait, at most: windows times their panels.
  private let limit: Int
  private let queue = DispatchQueue(label: "intrigue explore")
  private var waiting: [Waiting] = []
  private var isBusy = false

  init(limit: Int = 32) { self.limit = limit }

  static let superseded = ServerRefusal(409, "a newer wish has taken the place of this one")
  static let overcrowded = ServerRefusal(503, "too many windows ask at once")

  /// - Throws: ``ServerRefusal`` where the work was not begun, and what `work` throws.
  func run<Result: Sendable>(
    _ key: String, _ work: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    if isBusy {
      if let older = waiting.firstIndex(where: { $0.key == key }) {
        waiting.remove(at: older).continuation.resume(throwing: Self.superseded)
      }
      guard waiting.count < limit else { throw Self.overcrowded }
      try await withCheckedThrowingContinuation {
        waiting.append(Waiting(key: key, continuation: $0))
      }
      // Whoever ended has handed the place on: isBusy is still true.
    }
    isBusy = true
    defer { handOn() }
    return try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Swift.Result { try work() }) }
    }
  }

  /// Pieces of work that wait.
  var waitingCount: Int { waiting.count }

  private func handOn() {
    if waiting.isEmpty {
      isBusy = false
    } else {
      waiting.removeFirst().continuation.resume()
    }
  }
}
