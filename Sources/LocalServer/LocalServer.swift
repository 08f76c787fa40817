import FlyingFox
import FlyingSocks
import Foundation

/// A small web server for pages of this program: FlyingFox behind a guard.
///
/// It answers only who calls it by its own names and from its own pages (``ServerRefusal`` 421 and 403), only what its
/// routes name (404, 405), reads no more of a body than a route allows (413), and sends with every answer that
/// scripts, styles and pictures come from here alone. It opens no file.
///
/// A request line or header lines that are not HTTP end the connection without an answer. FlyingFox puts no limit on
/// the length of header lines and reads them in time that grows with their square: a client that sends megabytes of
/// them keeps the server busy for minutes. On the loopback that is no more than any program here can do; on another
/// address everybody who reaches it can.
public struct LocalServer: Sendable {
  public let address: ServerAddress
  private let routes: [ServerRoute]
  private let explain: @Sendable (any Error) -> String?
  /// A connection on which nothing moves for this long is closed.
  private let patience: Duration
  /// So long a request in hand may still take when the server is to end.
  private let grace: Duration

  /// - Parameters:
  ///   - explain: The sentence of an error that a route may throw for what the world has wrong, answered with 400;
  ///     nil: a mistake of the program, answered with 500 without a word about it.
  public init(
    at address: ServerAddress = .loopback(), patience: Duration = .seconds(60),
    grace: Duration = .seconds(2), routes: [ServerRoute],
    explaining explain: @escaping @Sendable (any Error) -> String? = { _ in nil }
  ) {
    self.address = address
    self.routes = routes
    self.explain = explain
    self.patience = patience
    self.grace = grace
  }

  /// Serves until the task is cancelled; then requests in hand are answered, as long as the grace lasts.
  ///
  /// - Parameter whenListening: Is told the address, with the port that was found.
  /// - Throws: ``ServerError``, or what `whenListening` throws.
  public func run(whenListening: @escaping @Sendable (ServerAddress) async throws -> Void) async throws {
    let handler = RouteHandler(routes: routes, explaining: explain)
    let server = HTTPServer(
      config: HTTPServer.Configuration(
        address: try address.socketAddress(),
        // A route may compute for a while. What waits for the client has limits of its own.
        timeout: 600,
        // Equal, so that no body is read to its end before a route was asked.
        sharedRequestBufferSize: 4096, sharedRequestReplaySize: 4096,
        pool: PatientPool(pool: HTTPServer.defaultPool(logger: .disabled), patience: patience),
        logger: .disabled),
      handler: handler)
    OpenFiles.allowAll()
    let serving = Task { try await server.run() }
    try await withTaskCancellationHandler {
      let told = Task {
        try await server.waitUntilListening(timeout: 600)
        var address = self.address
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port): address.port = port
        case .unix, nil: break
        }
        handler.open(RequestGuard(authorities: address.authorities))
        try await whenListening(address)
      }
      let watch = Task {
        if case .failure(let error) = await told.result, !(error is CancellationError) {
          await server.stop()
        }
      }
      defer { watch.cancel() }
      do {
        try await serving.value
      } catch {
        told.cancel()
        if case .failure(let reason) = await told.result, !(reason is CancellationError) { throw reason }
        if !Task.isCancelled { throw ServerError(error, at: address) }
      }
    } onCancel: {
      Task {
        await handler.waitUntilIdle(grace)
        await server.stop(timeout: 0.2)
        serving.cancel()
      }
    }
  }
}

/// Each connection is an open file of the process.
private enum OpenFiles {
  /// As many as the system lets this user have, instead of the usual thousand.
  static func allowAll() {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(files, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(files, &limit)
  }
}
