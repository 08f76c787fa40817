/// Text for HTML, between tags or in a quoted attribute value.
public enum HTMLText {
  /// `text` escaped so that a browser shows it unchanged: no tag, reference or end of an attribute value remains.
  ///
  /// The same escaping serves both places. A carriage return would be read as a line feed and is written as a numeric
  /// reference; a NUL, which HTML cannot hold, becomes U+FFFD.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\r": result += "&#13;"
      case "\0": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
