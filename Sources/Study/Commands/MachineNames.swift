import Foundation

/// By which names this machine may be called, given the address it listens on.
struct MachineNames {
  /// To listen on.
  let host: String
  /// Beside it, for the guard of `Host`.
  let accepted: [String]
  /// What people in the room can type, the best first; never empty.
  let shown: [String]

  var allNames: [String] {
    var names = [host] + accepted
    names.removeAll { Self.wildcards.contains($0) }
    return names
  }

  private static let wildcards = ["0.0.0.0", "::"]

  /// - Parameter names: Given by the user.
  init(listeningOn address: String, named names: [String]) {
    host = address
    let own = ProcessInfo.processInfo.hostName
    switch address {
    case _ where Self.wildcards.contains(address):
      let addresses = Self.addresses(hasIPv6: address == "::")
      accepted = Self.distinct(names + addresses + [own, "127.0.0.1", "localhost"])
      shown = Self.distinct(names + addresses + (addresses.isEmpty ? ["127.0.0.1"] : [])).map(Self.bracketed)
    case "127.0.0.1", "::1":
      accepted = Self.distinct(names + ["localhost"])
      shown = [Self.bracketed(address)]
    default:
      accepted = Self.distinct(names + [own])
      shown = Self.distinct(names + [address]).map(Self.bracketed)
    }
  }

  private static func bracketed(_ name: String) -> String { name.contains(":") ? "[\(name)]" : name }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
  }

  /// Of the network interfaces that are up, without the loopback.
  private static func addresses(hasIPv6: Bool) -> [String] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var found: [String] = []
    var next = first
    while let interface = next?.pointee {
      next = interface.ifa_next
      let flags = Int32(bitPattern: UInt32(interface.ifa_flags))
      guard let address = interface.ifa_addr, flags & Int32(IFF_UP) != 0,
        flags & Int32(IFF_LOOPBACK) == 0
      else { continue }
      let family = Int32(address.pointee.sa_family)
      guard family == AF_INET || (hasIPv6 && family == AF_INET6) else { continue }
      let length = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      guard
        getnameinfo(
          address, socklen_t(length), &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
      else { continue }
      let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // A link-local address needs a zone, which no browser takes.
      if !text.contains("%") { found.append(text) }
    }
    return found
  }
}
