/// Who may ask: browsers that call the server by its own name, from its own pages.
///
/// `Host` stops a foreign page whose name was made to point here (DNS rebinding); `Origin` and `Sec-Fetch-Site` stop
/// a foreign page that sends requests here. A page of another site may lead here by a link only, and only to a route
/// that ``ServerRoute/isEntrance`` says is meant for it.
struct RequestGuard: Sendable {
  /// `name:port`, in small letters.
  let authorities: Set<String>

  /// - Parameter field: Of the request, by a name in small letters.
  /// - Returns: Why the request is refused; nil: it is let through.
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
