import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// Every request's way: guard, route, body, answer.
final class RouteHandler: HTTPHandler {
  private let routes: [ServerRoute]
  private let explain: @Sendable (any Error) -> String?
  private let state = Mutex(State())

  private struct State {
    var gate: RequestGuard?
    var requestsInHand = 0
  }

  /// All of a body must be here by then.
  private static let bodyPatience = Duration.seconds(20)

  init(routes: [ServerRoute], explaining explain: @escaping @Sendable (any Error) -> String?) {
    self.routes = routes
    self.explain = explain
  }

  /// From now on requests are let through.
  func open(_ gate: RequestGuard) { state.withLock { $0.gate = gate } }

  /// Waits until no request is in hand, not for ever.
  func waitUntilIdle(_ patience: Duration) async {
    let end = ContinuousClock.now + patience
    while state.withLock({ $0.requestsInHand }) > 0, .now < end {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Not on the executor of FlyingFox's server, which serves everybody.
  @concurrent func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    state.withLock { $0.requestsInHand += 1 }
    defer { state.withLock { $0.requestsInHand -= 1 } }
    let answer: ServerAnswer
    do {
      answer = try await self.answer(to: request)
    } catch let refusal as ServerRefusal {
      answer = .refusal(refusal)
    } catch {
      // Of an error that nobody foresaw nothing is told: it may name what is not the browser's business.
      answer = .refusal(
        explain(error).map { ServerRefusal(400, $0) } ?? ServerRefusal(500, "the server has made a mistake"))
    }
    // Who asks for the head alone would take a body for the next answer.
    if request.method.rawValue == "HEAD" {
      return answer.response(endingWith: request.bodySequence, hasContent: false)
    }
    let hasBody = request.bodySequence.count != 0
    return answer.response(endingWith: answer.status >= 400 && hasBody ? request.bodySequence : nil)
  }

  private func answer(to request: HTTPRequest) async throws -> ServerAnswer {
    guard let gate = state.withLock({ $0.gate }) else { throw ServerRefusal(503, "the server is starting") }
    let path = request.target.path()
    let found = routes.compactMap { route in route.name(in: path).map { (route, $0) } }
    let method = request.method.rawValue
    let match = found.first { $0.0.method.rawValue == method }
    if let refusal = gate.refusal(
      isEntrance: match?.0.isEntrance ?? false, field: { request.headers[HTTPHeader($0)] })
    {
      throw refusal
    }
    guard let (route, name) = match else {
      let allowed = found.map(\.0.method.rawValue)
      throw allowed.isEmpty
        ? ServerRefusal(404, "there is no such page")
        : ServerRefusal(405, "this page answers to \(allowed.joined(separator: " and ")) only")
    }
    let body = try await Self.body(of: request, limit: route.bodyLimit)
    return try await route.handler(
      ServerRequest(
        name: name,
        query: Dictionary(request.query.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
        body: body,
        fields: Dictionary(
          request.headers.map { ($0.key.rawValue.lowercased(), $0.value) }, uniquingKeysWith: { $1 })))
  }

  private static func body(of request: HTTPRequest, limit: Int) async throws -> Data {
    let sequence = request.bodySequence
    let tooLarge = ServerRefusal(413, "the request's body has more than \(limit) bytes")
    if let count = sequence.count {
      guard count <= limit else { throw tooLarge }
      guard count > 0 else { return Data() }
    }
    do {
      return try await withDeadline(bodyPatience) {
        var data = Data()
        for try await piece in sequence {
          data += piece
          guard data.count <= limit else { throw tooLarge }
        }
        return data
      }
    } catch let refusal as ServerRefusal {
      throw refusal
    } catch SocketError.timeout {
      throw ServerRefusal(408, "the request's body took too long")
    } catch {
      throw ServerRefusal(400, "the request's body is broken")
    }
  }
}
