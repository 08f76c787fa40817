import LocalServer
import Synchronization

/// How many may join from one network address.
///
/// A class behind one router has one address, so there is room for a full hall; but not for the whole study, which one
/// program could otherwise fill. Addresses are in memory only and as long as the server runs: nothing about a person
/// is written down.
final class JoinLimits: Sendable {
  /// Places of one address.
  static let places = 500
  /// That join at the same moment, a hall that was told to open the page.
  static let burst = 300.0
  /// That join from then on.
  static let perSecond = 0.5

  private struct Account {
    var places = 0
    /// Joins that are allowed now.
    var credit = JoinLimits.burst
    var time: ContinuousClock.Instant
  }

  private struct State {
    var accounts: [String: Account] = [:]
    /// By a participant's number.
    var clients: [Int: String] = [:]
  }

  private let state = Mutex(State())

  /// Takes a place, which ``keep(_:for:)`` or ``giveBack(_:)`` must follow.
  ///
  /// - Throws: ``ServerRefusal`` where this address has no more.
  func takePlace(for client: String, at time: ContinuousClock.Instant = .now) throws {
    try state.withLock { state in
      var account = state.accounts[client] ?? Account(time: time)
      account.credit = min(
        Self.burst, account.credit + Self.perSecond * ((time - account.time) / .seconds(1)))
      account.time = time
      defer { state.accounts[client] = account }
      guard account.places < Self.places else {
        throw ServerRefusal(
          409, "\(Self.places) people take part from your network already; the organiser can free places")
      }
      guard account.credit >= 1 else {
        throw ServerRefusal(429, "many people have just joined from your network: try again in a minute")
      }
      account.places += 1
      account.credit -= 1
    }
  }

  /// The place that was taken for `client` is this participant's.
  func keep(_ participant: Int, for client: String) {
    state.withLock { $0.clients[participant] = client }
  }

  func giveBack(_ client: String) { state.withLock { $0.accounts[client]?.places -= 1 } }

  /// The places of these participants are free.
  func free(_ participants: [Int]) {
    for participant in participants {
      if let client = state.withLock({ $0.clients.removeValue(forKey: participant) }) { giveBack(client) }
    }
  }
}
