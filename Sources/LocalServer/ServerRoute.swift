import Foundation

/// Answer of one path to one method.
///
/// A path is compared as sent, byte by byte, and never decoded: one containing `..` or `%2e` matches no route. A path
/// that ends in `/*` takes one more component of letters, digits, `-`, `_` and `.`, which the route looks up in a table
/// of known names; no route turns it into a file path.
public struct ServerRoute: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// Default limit on a body, in bytes.
  public static let defaultBodyLimit = 64 << 10

  public let method: Method
  public let path: String
  public let bodyLimit: Int
  /// Whether a link on a page of another site may lead here.
  public let isEntrance: Bool
  let handler: @Sendable (ServerRequest) async throws -> ServerAnswer

  public static func get(
    _ path: String, isEntrance: Bool = false,
    _ handler: @escaping @Sendable (ServerRequest) async throws -> ServerAnswer
  ) -> ServerRoute {
    ServerRoute(method: .get, path: path, bodyLimit: 0, isEntrance: isEntrance, handler: handler)
  }

  public static func post(
    _ path: String, bodyLimit: Int = defaultBodyLimit,
    _ handler: @escaping @Sendable (ServerRequest) async throws -> ServerAnswer
  ) -> ServerRoute {
    ServerRoute(method: .post, path: path, bodyLimit: bodyLimit, isEntrance: false, handler: handler)
  }

  /// - Returns: nil if `path` is not this route's; otherwise the part that `*` matches, empty without one.
  func name(in path: String) -> String? {
    guard self.path.hasSuffix("/*") else { return path.utf8.elementsEqual(self.path.utf8) ? "" : nil }
    let start = self.path.utf8.dropLast()
    guard path.utf8.starts(with: start) else { return nil }
    let name = Substring(path.utf8.dropFirst(start.count))
    let isPlain = name.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isPlain && !name.isEmpty && !name.hasPrefix(".") ? String(name) : nil
  }
}

/// Request passed to a route, after the guard has admitted it.
public struct ServerRequest: Sendable {
  /// Part of the path that `*` in the route's path matches.
  public let name: String
  /// After `?`, decoded; for a repeated name, the first value.
  public let query: [String: String]
  /// At most the route's `bodyLimit` bytes.
  public let body: Data
  /// Header fields by name in lower case.
  public let fields: [String: String]
  /// The network address of the request; for IPv6 its first 64 bits, which identify one client.
  public let client: String

  public init(
    name: String = "", query: [String: String] = [:], body: Data = Data(), fields: [String: String] = [:],
    client: String = ""
  ) {
    self.name = name
    self.query = query
    self.body = body
    self.fields = fields
    self.client = client
  }

  /// The body as a value.
  ///
  /// - Throws: ``ServerRefusal`` 400 that states what is missing or of the wrong type.
  public func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: body)
    } catch let error as DecodingError {
      throw ServerRefusal(400, "the request cannot be read: \(Self.sentence(error))")
    }
  }

  private static func sentence(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let names = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return names.isEmpty ? "" : "\(names.joined(separator: ".")) "
    }
    return switch error {
    case .keyNotFound(let key, let context): "\(place(context))lacks \(key.stringValue)"
    case .typeMismatch(let type, let context): "\(place(context))is not of the kind expected, \(type)"
    case .valueNotFound(_, let context): "\(place(context))is null"
    case .dataCorrupted(let context) where context.codingPath.isEmpty: "it is not JSON"
    case .dataCorrupted(let context): "\(place(context))has a value that cannot be"
    @unknown default: "it is not what was expected"
    }
  }
}
