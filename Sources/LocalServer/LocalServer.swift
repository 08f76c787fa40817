import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small web server for this program's own pages: SwiftNIO's HTTP behind a guard.
///
/// It answers only requests to its own names and from its own pages (``ServerRefusal`` 421 and 403), only on its routes
/// (404, 405), reads at most 16 kB of a head (431) and as much of a body as a route allows (413), and states with every
/// answer that scripts, styles and pictures come only from here. Anything that is not HTTP is answered with 400. It
/// opens no file.
///
/// No client can block the others: sending a head or a body and receiving an answer have deadlines, one address has at
/// most half of the connections, and reading is done by threads on which no route runs.
public struct LocalServer: Sendable {
  public let address: ServerAddress
  private let routes: [ServerRoute]
  private let explain: @Sendable (any Error) -> String?
  private let report: @Sendable (String) -> Void
  /// The time a client has to send a complete head, and to receive a complete answer.
  private let patience: Duration
  /// The time that requests in progress have to finish when the server stops.
  private let grace: Duration
  private let connectionsPerClient: Int

  /// - Parameters:
  ///   - connectionsPerClient: Per network address; at most half of the files that the process may have open. There is
  ///     room for a hall of 300 behind one router, whose browsers open six each.
  ///   - explain: Sentence for an error of a route that is not the program's fault, answered with 400; nil: an error of
  ///     the program or the machine, answered with 500 without details.
  ///   - report: Called with everything answered with 500, in a sentence that may contain any characters.
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

  /// Serves until the task is cancelled; then requests in progress are answered within the grace period.
  ///
  /// - Parameter whenListening: Called with the address, including the port that was found.
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
    // In a new task, since this one has been cancelled.
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
        // A client that has finished sending may still be receiving.
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
