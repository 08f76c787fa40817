import Foundation
import Synchronization

/// Path of every request above HTTP: guard, route, answer.
final class Router: Sendable {
  private let routes: [ServerRoute]
  private let explain: @Sendable (any Error) -> String?
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())

  private struct State {
    var gate: RequestGuard?
    var requestsInHand = 0
    var lastReport: (text: String, time: ContinuousClock.Instant)?
  }

  /// The interval at which the same error is reported: a full disk would otherwise be reported with every request.
  private static let silence = Duration.seconds(60)

  init(
    routes: [ServerRoute], explaining explain: @escaping @Sendable (any Error) -> String?,
    reporting report: @escaping @Sendable (String) -> Void
  ) {
    self.routes = routes
    self.explain = explain
    self.report = report
  }

  /// Admits requests from now on.
  func open(_ gate: RequestGuard) { state.withLock { $0.gate = gate } }

  /// Counts a request as in progress until ``requestEnds()``.
  func requestBegins() { state.withLock { $0.requestsInHand += 1 } }

  func requestEnds() { state.withLock { $0.requestsInHand -= 1 } }

  /// Waits until no request is in progress, for a limited time.
  func waitUntilIdle(_ patience: Duration) async {
    let end = ContinuousClock.now + patience
    while state.withLock({ $0.requestsInHand }) > 0, .now < end {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  /// The route requested by a head.
  struct Match {
    let route: ServerRoute
    /// Part of the path that `*` in the route's path matches.
    let name: String
  }

  /// - Parameters:
  ///   - fields: By name in lower case. Values of a repeated field are joined by commas, so that two hosts are never a
  ///     known one.
  ///   - bodyLength: Length declared in the head; nil if it is not stated.
  /// - Throws: ``ServerRefusal``.
  func match(method: String, path: String, fields: [String: String], bodyLength: Int?) throws -> Match {
    guard let gate = state.withLock({ $0.gate }) else { throw ServerRefusal(503, "the server is starting") }
    let found = routes.compactMap { route in route.name(in: path).map { Match(route: route, name: $0) } }
    let match = found.first { $0.route.method.rawValue == method }
    if let refusal = gate.refusal(isEntrance: match?.route.isEntrance ?? false, field: { fields[$0] }) {
      throw refusal
    }
    guard let match else {
      let allowed = found.map(\.route.method.rawValue)
      throw allowed.isEmpty
        ? ServerRefusal(404, "there is no such page")
        : ServerRefusal(405, "this page answers to \(allowed.joined(separator: " and ")) only")
    }
    if let bodyLength, bodyLength > match.route.bodyLimit { throw match.route.bodyRefusal }
    return match
  }

  /// Runs off the threads that read from connections. Errors of a route become answers too.
  @concurrent func answer(_ route: ServerRoute, to request: ServerRequest) async -> ServerAnswer {
    do {
      return try await route.handler(request)
    } catch let refusal as ServerRefusal {
      return .refusal(refusal)
    } catch {
      if let sentence = explain(error) { return .refusal(ServerRefusal(400, sentence)) }
      // Reports the route, not the requested URL, which may contain a secret.
      tell("\(route.method.rawValue) \(route.path): \(error)")
      return .refusal(.mistake)
    }
  }

  private func tell(_ text: String) {
    let isNews = state.withLock { state in
      if let last = state.lastReport, last.text == text, .now < last.time + Self.silence { return false }
      state.lastReport = (text, .now)
      return true
    }
    if isNews { report(text) }
  }
}

extension ServerRoute {
  var bodyRefusal: ServerRefusal {
    ServerRefusal(413, "the request's body has more than \(bodyLimit) bytes")
  }
}
