import Foundation
import Storage
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One HTTP transfer into a file, which resumes at the end of what the file already contains.
final class Transfer: NSObject, URLSessionDataDelegate {
  enum Failure: Error {
    case unreachable(String)
    case status(Int)
    case incomplete(found: Int64, expected: Int64)
    /// More bytes were declared or received than allowed. They are not in the file.
    case tooLong
    case cannotWrite(String)
  }

  private struct State {
    /// Open for writing at its end.
    var descriptor: Int32
    var byteCount: Int64
    let limit: Int64
    var totalByteCount: Int64?
    /// Whether the body is what was requested: an error page must not end up in the file.
    var isAccepted = false
    var failure: Failure?
    var continuation: CheckedContinuation<Void, any Error>?
  }

  private let state: Mutex<State>
  private let progress: @Sendable (Int64, Int64?) -> Void
  /// A server that is silent for this long is given up.
  private static let secondsOfSilence: TimeInterval = 30

  private init(
    descriptor: Int32, byteCount: Int64, limit: Int64, progress: @escaping @Sendable (Int64, Int64?) -> Void
  ) {
    state = Mutex(State(descriptor: descriptor, byteCount: byteCount, limit: limit))
    self.progress = progress
  }

  /// - Parameter limit: Most bytes that `file` may have in the end.
  /// - Throws: ``Failure``, or `CancellationError`. What has arrived stays in `file`, which is not left empty.
  static func run(
    from url: URL, to file: URL, atMost limit: Int64,
    progress: @escaping @Sendable (_ done: Int64, _ total: Int64?) -> Void
  ) async throws {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure.cannotWrite(lastSystemError()) }
    defer {
      let isEmpty = lseek(descriptor, 0, SEEK_END) == 0
      close(descriptor)
      if isEmpty { unlink(file.path) }
    }
    let present = Int64(lseek(descriptor, 0, SEEK_END))

    var request = URLRequest(url: url, timeoutInterval: secondsOfSilence)
    if present > 0 { request.setValue("bytes=\(present)-", forHTTPHeaderField: "Range") }
    // Compression by the server would make byte positions meaningless.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")

    let transfer = Transfer(descriptor: descriptor, byteCount: present, limit: limit, progress: progress)
    let session = URLSession(configuration: .ephemeral, delegate: transfer, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let task = session.dataTask(with: request)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        transfer.state.withLock { $0.continuation = continuation }
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    let isAccepted = state.withLock { state in
      guard let answer = response as? HTTPURLResponse else {
        state.failure = .unreachable("the answer is not HTTP")
        return false
      }
      let length = answer.expectedContentLength >= 0 ? answer.expectedContentLength : nil
      switch answer.statusCode {
      case 206 where Self.start(of: answer) == state.byteCount:
        state.totalByteCount = length.map { $0 + state.byteCount }
      case 200...299:
        // The whole file despite the range request, or a part that does not continue ours.
        guard answer.statusCode != 206, ftruncate(state.descriptor, 0) == 0 else {
          state.failure = .status(answer.statusCode)
          return false
        }
        state.byteCount = 0
        state.totalByteCount = length
      case 416 where state.byteCount > 0:
        // The server has nothing beyond our bytes: the file is complete, or another; the checksum decides.
        state.totalByteCount = state.byteCount
        return false
      default:
        state.failure = .status(answer.statusCode)
        return false
      }
      guard state.byteCount <= state.limit, (state.totalByteCount ?? 0) <= state.limit else {
        state.failure = .tooLong
        return false
      }
      state.isAccepted = true
      return true
    }
    completionHandler(isAccepted ? .allow : .cancel)
  }

  /// A redirect from https to an insecure address is not followed.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    let isDowngrade = task.originalRequest?.url?.scheme == "https" && request.url?.scheme != "https"
    completionHandler(isDowngrade ? nil : request)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let (isWritten, done, total) = state.withLock { state in
      // Foundation on Linux delivers a body even after it was cancelled.
      guard state.isAccepted else { return (false, state.byteCount, state.totalByteCount) }
      guard Int64(data.count) <= state.limit - state.byteCount else {
        state.failure = .tooLong
        state.isAccepted = false
        return (false, state.byteCount, state.totalByteCount)
      }
      let isWritten = data.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = write(state.descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else { return false }
          rest = rest.dropFirst(count)
        }
        return true
      }
      if isWritten {
        state.byteCount += Int64(data.count)
      } else {
        state.failure = .cannotWrite(lastSystemError())
      }
      return (isWritten, state.byteCount, state.totalByteCount)
    }
    if isWritten { progress(done, total) } else { dataTask.cancel() }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let (continuation, result) = state.withLock {
      state -> (CheckedContinuation<Void, any Error>?, Result<Void, any Error>) in
      defer { state.continuation = nil }
      return (state.continuation, Self.result(of: state, error))
    }
    continuation?.resume(with: result)
  }

  private static func result(of state: State, _ error: (any Error)?) -> Result<Void, any Error> {
    if let failure = state.failure { return .failure(failure) }
    if let total = state.totalByteCount, state.byteCount == total { return .success(()) }
    if let error = error as? URLError, error.code == .cancelled { return .failure(CancellationError()) }
    if let total = state.totalByteCount {
      return .failure(Failure.incomplete(found: state.byteCount, expected: total))
    }
    if let error { return .failure(Failure.unreachable("cannot be reached: \(error.localizedDescription)")) }
    return .success(())
  }

  /// 100 of `bytes 100-199/200`.
  private static func start(of answer: HTTPURLResponse) -> Int64? {
    answer.value(forHTTPHeaderField: "Content-Range")?
      .split(separator: " ").last?.split(separator: "-").first.flatMap { Int64($0) }
  }
}
