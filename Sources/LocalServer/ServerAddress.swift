import Foundation
import NIOCore

/// The address on which a server listens, and the names by which it may be called.
public struct ServerAddress: Equatable, Sendable {
  /// An IPv4 or IPv6 address of this machine.
  public var host: String
  /// 0 for a free one.
  public var port: UInt16
  /// Names of this machine, in addition to its address, by which browsers may call it.
  public var names: [String]

  public init(host: String, port: UInt16 = 0, names: [String] = []) {
    self.host = host
    self.port = port
    self.names = names
  }

  /// Reached from this machine only.
  public static func loopback(port: UInt16 = 0) -> ServerAddress {
    ServerAddress(host: "127.0.0.1", port: port, names: ["localhost"])
  }

  /// The URL for the browser. A host that can be listened on is valid in a URL.
  public var url: URL { URL(string: "http://\(Self.bracketed(host)):\(port)/")! }

  /// Valid values of a request's `Host`: a name with the port, and without it if it is HTTP's default.
  var authorities: Set<String> {
    let names = ([host] + names).map { Self.bracketed($0.lowercased()) }
    return Set(names.map { "\($0):\(port)" } + (port == 80 ? names : []))
  }

  private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

  /// - Throws: ``ServerError/notAnAddress(_:)``.
  func socketAddress() throws -> SocketAddress {
    do {
      return try SocketAddress(ipAddress: host, port: Int(port))
    } catch {
      throw ServerError.notAnAddress(host)
    }
  }
}
