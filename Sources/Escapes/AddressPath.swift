/// A path in a URL of a page, of Markdown or of a style sheet.
public enum AddressPath {
  /// `path` with everything but ASCII letters, digits, `-._~` and the slash percent-encoded (RFC 3986, section 2.1), so
  /// that nothing in it ends a URL, begins a query or a fragment, or acts as a scheme.
  public static func escaped(_ path: String) -> String {
    var result = ""
    for byte in path.utf8 {
      if plain.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }

  private static let plain = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
}
