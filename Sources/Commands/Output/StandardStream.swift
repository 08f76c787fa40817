import Foundation

/// Standard output or standard error, written by `write(2)` alone.
///
/// Not by `print`, which loses what a full disk refuses without a word, nor by `FileHandle`, which ends the process.
struct StandardStream: Sendable {
  static let output = StandardStream(descriptor: STDOUT_FILENO)
  static let errors = StandardStream(descriptor: STDERR_FILENO)

  private let descriptor: Int32

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// What came between: `errno` of the write that failed.
  struct Failure: Error {
    let code: Int32
  }

  /// Writes all of `text`, and waits for a reader who is slow. A pipe whose reader has left ends the process by
  /// SIGPIPE, as it does any program, unless that signal is ignored.
  func write(_ text: String) throws(Failure) {
    let bytes = Array(text.utf8)
    var count = 0
    while count < bytes.count {
      let written = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress! + count, bytes.count - count)
      }
      if written > 0 {
        count += written
        continue
      }
      switch written < 0 ? errno : EIO {
      case EINTR: continue
      // A program that shares the terminal or the pipe has made it non-blocking.
      case EAGAIN: _ = isReady(within: -1)
      case let code: throw Failure(code: code)
      }
    }
  }

  /// Writes a short text only if the stream takes it at once: not to a terminal that is held (Ctrl-S).
  func writeIfReady(_ text: String) {
    if isReady(within: 0) { try? write(text) }
  }

  private func isReady(within milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, milliseconds) > 0
  }
}
