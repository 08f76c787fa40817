import FlyingSocks

/// FlyingFox's sockets, of which none waits for ever: a connection on which nothing arrives, or nothing can be sent,
/// for a while is closed. Without it everyone who connects and says nothing would keep a file of the process.
struct PatientPool: AsyncSocketPool {
  let pool: any AsyncSocketPool
  let patience: Duration

  func prepare() async throws { try await pool.prepare() }

  func run() async throws { try await pool.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    // The socket that listens has nobody at its other end, and waits as long as the server runs.
    guard (try? socket.remotePeer()) != nil else {
      return try await pool.suspendSocket(socket, untilReadyFor: events)
    }
    do {
      try await withDeadline(patience) { try await pool.suspendSocket(socket, untilReadyFor: events) }
    } catch SocketError.timeout {
      throw SocketError.disconnected
    }
  }
}
