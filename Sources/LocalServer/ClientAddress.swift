import Foundation
import NIOCore

/// Identity under which a client is counted.
enum ClientAddress {
  /// An IPv4 address; for IPv6 the first 64 bits, since a client usually has all addresses with that prefix.
  ///
  ///     192.168.1.20 → 192.168.1.20     ::ffff:192.168.1.20 → 192.168.1.20     2001:db8::1 → 2001:db8:0:0
  static func counted(_ address: SocketAddress?) -> String {
    guard case .v6(let six) = address else { return address?.ipAddress ?? "" }
    let bytes = withUnsafeBytes(of: six.address.sin6_addr) { Array($0) }
    if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10..<12] == [0xFF, 0xFF] {
      return bytes[12...].map(String.init).joined(separator: ".")
    }
    return stride(from: 0, to: 8, by: 2).map {
      String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
    }.joined(separator: ":")
  }
}
