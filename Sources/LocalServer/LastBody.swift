import FlyingFox
import FlyingSocks
import Foundation

/// An answer's bytes, after which the connection ends.
///
/// FlyingFox decides by the request alone whether a connection stays, and would read what is left of a refused body
/// as the next request. An error while an answer is sent ends the connection; so this one throws when all of it is
/// sent. What the client is still sending is read and thrown away first, a few megabytes and seconds of it: closing
/// a socket with bytes unread makes the client lose the answer.
struct LastBody: AsyncBufferedSequence {
  typealias Element = UInt8

  let content: Data
  let leftover: HTTPBodySequence

  static let drainedBytes = 8 << 20
  static let patience = Duration.seconds(2)

  func makeAsyncIterator() -> Iterator { Iterator(content: content, leftover: leftover) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    fileprivate let content: Data
    fileprivate let leftover: HTTPBodySequence
    private var isSent = false

    fileprivate init(content: Data, leftover: HTTPBodySequence) {
      self.content = content
      self.leftover = leftover
    }

    mutating func next() async throws -> UInt8? { preconditionFailure("is read in pieces") }

    mutating func nextBuffer(suggested count: Int) async throws -> Data? {
      guard isSent else {
        isSent = true
        return content
      }
      let leftover = leftover
      _ = try? await withDeadline(patience) {
        var count = 0
        for try await piece in leftover {
          count += piece.count
          if count >= drainedBytes { break }
        }
      }
      throw SocketError.disconnected
    }
  }
}

/// `body`, or an error once `duration` has passed.
func withDeadline<Result: Sendable>(
  _ duration: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: duration)
      throw SocketError.timeout(message: "\(duration)")
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw CancellationError() }
    return result
  }
}
