import Foundation
import NIOCore
import Synchronization

/// The open connections, limited per client address so that none can use them all.
final class Connections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var counts: [String: Int] = [:]
  }

  struct TooMany: Error {}

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: Maximum per address.
  init(limit: Int) { self.limit = min(limit, OpenFiles.allowed / 2) }

  /// - Throws: ``TooMany``.
  func add(_ channel: any Channel, from client: String) throws {
    try state.withLock { state in
      guard state.counts[client, default: 0] < limit else { throw TooMany() }
      state.counts[client, default: 0] += 1
      state.channels[ObjectIdentifier(channel)] = channel
    }
    channel.closeFuture.whenComplete { [self] _ in remove(channel, from: client) }
  }

  private func remove(_ channel: any Channel, from client: String) {
    state.withLock { state in
      state.channels[ObjectIdentifier(channel)] = nil
      let count = state.counts[client, default: 1] - 1
      state.counts[client] = count > 0 ? count : nil
    }
  }

  func closeAll() async {
    for channel in state.withLock({ Array($0.channels.values) }) { try? await channel.close() }
  }
}

/// Each connection is an open file of the process.
enum OpenFiles {
  /// - Throws: ``ServerError/tooFewFiles`` if the process may not open this many more.
  static func require(_ count: Int) throws {
    _ = allowed
    let opened = (0..<count).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    for descriptor in opened where descriptor >= 0 { close(descriptor) }
    guard opened.allSatisfy({ $0 >= 0 }) else { throw ServerError.tooFewFiles }
  }

  /// Limit on open files, raised as far as the system permits.
  static let allowed: Int = {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(files, &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      var most = limit
      most.rlim_cur = most.rlim_max
      if setrlimit(files, &most) == 0 { limit = most }
    }
    return Int(clamping: limit.rlim_cur)
  }()
}
