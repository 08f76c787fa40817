import Foundation

/// What one path answers to one method.
///
/// A path is compared as it was sent, byte by byte, and never decoded: one with `..` or `%2e` in it is no route's.
/// A path that ends in `/*` takes one more part of letters, digits, `-`, `_` and `.`, which the route looks up in a
/// table of names that it knows; no route makes a file's path of it.
public struct ServerRoute: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// Bytes of a body, unless a route says otherwise.
  public static let defaultBodyLimit = 64 << 10

  public let method: Method
  public let path: String
  public let bodyLimit: Int
  /// A browser may come here by a link on a page of another site.
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

  /// - Returns: nil where `path` is not this route's; else the part that `*` stands for, empty without one.
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

/// What a route is asked, after the guard has let it through.
public struct ServerRequest: Sendable {
  /// What stands for `*` in the route's path.
  public let name: String
  /// After `?`, decoded; of one name given twice, the first.
  public let query: [String: String]
  /// At most the route's `bodyLimit` bytes.
  public let body: Data
  /// Names in small letters.
  public let fields: [String: String]
  /// The network address that the request came from; of IPv6 its first 64 bits, which one client has to itself.
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
  /// - Throws: ``ServerRefusal`` 400 that says what is missing or of the wrong kind.
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
