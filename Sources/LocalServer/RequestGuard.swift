/// Admits requests of browsers that call the server by its own name, from its own pages.
///
/// `Host` blocks a foreign page whose name resolves to this server (DNS rebinding); `Origin` and `Sec-Fetch-Site` block
/// a foreign page that sends requests here. A page of another site may only link here, and only to a route marked
/// ``ServerRoute/isEntrance``.
struct RequestGuard: Sendable {
  /// `name:port`, in lower case.
  let authorities: Set<String>

  /// - Parameter field: A header field of the request, by its name in lower case.
  /// - Returns: Why the request is refused; nil if it is admitted.
  func refusal(isEntrance: Bool, field: (String) -> String?) -> ServerRefusal? {
    guard let host = field("host") else { return ServerRefusal(400, "the request names no host") }
    guard authorities.contains(host.lowercased()) else {
      return ServerRefusal(421, "this server is not called \(Self.quoted(host))")
    }
    if let origin = field("origin"), !authorities.contains(where: { origin.lowercased() == "http://\($0)" }) {
      return ServerRefusal(403, "pages of \(Self.quoted(origin)) may not ask this server")
    }
    if let site = field("sec-fetch-site")?.lowercased(), site != "same-origin", site != "none" {
      let isLink =
        isEntrance && field("sec-fetch-mode")?.lowercased() == "navigate"
        && field("sec-fetch-dest")?.lowercased() == "document"
      guard isLink else { return ServerRefusal(403, "pages of another site may not ask this server") }
    }
    return nil
  }

  private static func quoted(_ text: String) -> String { "\"\(text.prefix(100))\"" }
}
