import Foundation
import LocalServer

/// Requests over the loopback, to a server with a page, a table of names and a form.
struct HTTPTarget: FuzzTarget {
  static let name = "http"
  private let port: UInt16

  init(in folder: URL) throws {
    let listening = Listening()
    let server = LocalServer(routes: [
      .get("/", isEntrance: true) { _ in .text("page") },
      .get("/pictures/*") { .text($0.name + $0.query.keys.joined()) },
      .post("/answers", bodyLimit: 1024) { .text("\(try $0.decoded(Answer.self).value)") },
    ])
    Task.detached {
      do {
        try await server.run {
          listening.port = $0.port; listening.isKnown.signal()
        }
      } catch {
        fatalError("the server ended: \(error)")
      }
    }
    listening.isKnown.wait()
    port = listening.port
  }

  private struct Answer: Codable { let value: Int }

  private final class Listening: @unchecked Sendable {  // written before the signal, read after it
    let isKnown = DispatchSemaphore(value: 0)
    var port: UInt16 = 0
  }

  /// Stands for the address of the server, whose port is another in each process.
  private static let address = "HOST"

  var seeds: [Data] {
    [
      "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n",
      "GET /pictures/a-1.png?b=c%20d HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nConnection: close\r\n\r\n",
      "POST /answers HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
        + "{\"value\":3}",
      "POST /answers HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"value\":3}\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: HOST\r\nSec-Fetch-Site: cross-site\r\nCookie: a=b; c=d\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    ].map { Data($0.utf8) }
  }

  /// Says all of it, closes its half, and waits until the server has closed the other.
  func read(_ data: Data) throws {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard connection >= 0 else { Self.give(up: "no socket") }
    defer { close(connection) }
    // From one of 16 million addresses of this machine: the ports of one are used up in seconds.
    var own = Self.address(port: 0, host: 127 << 24 | UInt32.random(in: 1..<1 << 24))
    var server = Self.address(port: port, host: 127 << 24 | 1)
    _ = withUnsafePointer(to: &own) {
      bind(connection, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), Self.addressSize)
    }
    let status = withUnsafePointer(to: &server) { server in
      Self.uninterrupted {
        connect(
          connection, UnsafeRawPointer(server).assumingMemoryBound(to: sockaddr.self), Self.addressSize)
      }
    }
    // EISCONN: the first try was interrupted and went through all the same.
    guard status == 0 || errno == EISCONN else { Self.give(up: "the server is not there") }
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let request = data.replacing(Data(Self.address.utf8), with: Data("127.0.0.1:\(port)".utf8))
    request.withUnsafeBytes { bytes in
      var count = 0
      while count < bytes.count {
        let sent = Self.uninterrupted {
          send(connection, bytes.baseAddress! + count, bytes.count - count, Int32(MSG_NOSIGNAL))
        }
        guard sent > 0 else { return }  // refused before its end
        count += sent
      }
    }
    shutdown(connection, Int32(SHUT_WR))
    var answer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Self.uninterrupted { recv(connection, &answer, answer.count, 0) }
      if count == 0 || count < 0 && errno == ECONNRESET { return }
      guard count > 0 else { Self.give(up: "no answer and no end within 5 s") }
    }
  }

  /// libFuzzer's clock interrupts system calls.
  private static func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR && errno != EALREADY { return result }
    }
  }

  private static func give(up reason: String) -> Never {
    fatalError("\(reason): \(String(cString: strerror(errno)))")
  }

  private static let addressSize = socklen_t(MemoryLayout<sockaddr_in>.size)

  private static func address(port: UInt16, host: UInt32) -> sockaddr_in {
    sockaddr_in(
      sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: in_addr(s_addr: host.bigEndian),
      sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
  }
}
