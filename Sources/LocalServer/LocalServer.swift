import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small web server for pages of this program: SwiftNIO's HTTP behind a guard.
///
/// It answers only who calls it by its own names and from its own pages (``ServerRefusal`` 421 and 403), only what its
/// routes name (404, 405), reads no more of a head than 16 kB (431) and of a body than a route allows (413), and sends
/// with every answer that scripts, styles and pictures come from here alone. What is no HTTP is answered with 400. It
/// opens no file.
///
/// No client keeps the others out: a head, a body and taking an answer have deadlines, one address has at most half of
/// the connections, and reading is done by threads on which no route runs.
public struct LocalServer: Sendable {
  public let address: ServerAddress
  private let routes: [ServerRoute]
  private let explain: @Sendable (any Error) -> String?
  private let report: @Sendable (String) -> Void
  /// So long a client may take to send a whole head, and to take a whole answer.
  private let patience: Duration
  /// So long a request in hand may still take when the server is to end.
  private let grace: Duration
  private let connectionsPerClient: Int

  /// - Parameters:
  ///   - connectionsPerClient: Of one network address; no more than half of the files that the process may have open.
  ///     There is room for a hall of 300 behind one router, whose browsers open six each.
  ///   - explain: The sentence of an error that a route may throw for what the world has wrong, answered with 400;
  ///     nil: a mistake of the program or the machine, answered with 500 without a word about it.
  ///   - report: Is told what was answered with 500, in a sentence that may hold any characters.
  public init(
    at address: ServerAddress = .loopback(), patience: Duration = .seconds(60),
    grace: Duration = .seconds(2), connectionsPerClient: Int = 2048, routes: [ServerRoute],
    explaining explain: @escaping @Sendable (any Error) -> String? = { _ in nil },
    reporting report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.address = address
    self.routes = routes
    self.explain = explain
    self.report = report
    self.patience = patience
    self.grace = grace
    self.connectionsPerClient = connectionsPerClient
  }

  /// Serves until the task is cancelled; then requests in hand are answered, as long as the grace lasts.
  ///
  /// - Parameter whenListening: Is told the address, with the port that was found.
  /// - Throws: ``ServerError``, or what `whenListening` throws.
  public func run(whenListening: @escaping @Sendable (ServerAddress) async throws -> Void) async throws {
    let router = Router(routes: routes, explaining: explain, reporting: report)
    let connections = Connections(limit: connectionsPerClient)
    let listener = try await listen(router, connections)
    var found = address
    found.port = listener.localAddress?.port.flatMap { UInt16(exactly: $0) } ?? address.port
    router.open(RequestGuard(authorities: found.authorities))
    let outcome: Result<Void, any Error>
    do {
      try await whenListening(found)
      try await withTaskCancellationHandler {
        try await listener.closeFuture.get()
      } onCancel: {
        listener.close(promise: nil)
      }
      outcome = .success(())
    } catch {
      listener.close(promise: nil)
      outcome = Task.isCancelled ? .success(()) : .failure(error)
    }
    // A task of its own, since this one has been cancelled.
    await Task { [grace] in
      await router.waitUntilIdle(grace)
      try? await listener.closeFuture.get()
      await connections.closeAll()
    }.value
    try outcome.get()
  }

  private func listen(_ router: Router, _ connections: Connections) async throws -> any Channel {
    let patience = TimeAmount(patience)
    let place = try address.socketAddress()
    do {
      try OpenFiles.require(EventLoops.fileCount + 2)
      return try await ServerBootstrap(group: EventLoops.group)
        .serverChannelOption(.backlog, value: 1024)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        // A client that has said all it wants to say may still be listening.
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let client = ClientAddress.counted(channel.remoteAddress)
            try connections.add(channel, from: client)
            try channel.pipeline.syncOperations.addHandlers([
              LingeringClose(), HTTPResponseEncoder(), HeadLimit.decoder, HTTPServerPipelineHandler(),
              NIOHTTPResponseHeadersValidator(), RequestHandler(router, patience: patience, client: client),
            ])
          }
        }
        .bind(to: place).get()
    } catch {
      throw ServerError(error, at: address)
    }
  }
}

/// The threads that read requests and write answers, for all servers and as long as the process lives; two are enough,
/// since routes run elsewhere.
private enum EventLoops {
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: count)

  /// Each loop opens three, and SwiftNIO ends the process where it cannot.
  static let fileCount = 3 * count

  private static let count = 2
}
