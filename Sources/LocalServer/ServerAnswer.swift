import Foundation
import NIOHTTP1

/// Answer of a route: bytes, their type, and a status.
public struct ServerAnswer: Equatable, Sendable {
  public enum ContentType: String, Sendable {
    case html = "text/html; charset=utf-8"
    case css = "text/css; charset=utf-8"
    case script = "text/javascript; charset=utf-8"
    case json = "application/json"
    case text = "text/plain; charset=utf-8"
    case png = "image/png"
    case svg = "image/svg+xml"
  }

  public var status: Int
  public var type: ContentType
  public var content: Data
  /// Additional header fields, such as `Set-Cookie` or `Content-Disposition`.
  public var fields: [String: String]

  public init(_ content: Data, type: ContentType, status: Int = 200, fields: [String: String] = [:]) {
    self.content = content
    self.type = type
    self.status = status
    self.fields = fields
  }

  public static func json(_ value: some Encodable, status: Int = 200) throws -> ServerAnswer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ServerAnswer(try encoder.encode(value), type: .json, status: status)
  }

  public static func text(_ text: String) -> ServerAnswer { ServerAnswer(Data(text.utf8), type: .text) }

  public static func png(_ data: Data) -> ServerAnswer { ServerAnswer(data, type: .png) }

  /// A file embedded in the program.
  public static func embedded(_ file: [UInt8], _ type: ContentType) -> ServerAnswer {
    ServerAnswer(Data(file), type: type)
  }

  /// `{"error": "one sentence"}`.
  static func refusal(_ refusal: ServerRefusal) -> ServerAnswer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let content = try? encoder.encode(["error": refusal.sentence])  // a dictionary of text encodes
    return ServerAnswer(content ?? Data(), type: .json, status: refusal.status)
  }

  /// Only scripts, styles and pictures of this server, nothing inline, no framing of the page.
  static let contentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

  var headers: HTTPHeaders {
    var headers: HTTPHeaders = [
      "Content-Type": type.rawValue,
      "Content-Length": "\(content.count)",
      "Cache-Control": "no-store",
      "Content-Security-Policy": Self.contentPolicy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "Cross-Origin-Resource-Policy": "same-origin",
    ]
    for (name, value) in fields { headers.replaceOrAdd(name: name, value: value) }
    return headers
  }
}
