/// A path in an address of a page, of Markdown or of a style sheet.
public enum AddressPath {
  /// `path` with everything but ASCII letters, digits, `-._~` and the slash as its bytes in per cent (RFC 3986,
  /// section 2.1): nothing in it ends an address, begins a query, a fragment or another scheme.
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
