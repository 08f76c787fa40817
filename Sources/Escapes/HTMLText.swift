/// Text for HTML: between tags, or as the value of an attribute in quotation marks.
public enum HTMLText {
  /// `text` as a browser gives it back, without a tag, a reference or the end of an attribute's value in it.
  ///
  /// One escape serves both places. A carriage return would be read as a line feed and is written as its number; a NUL,
  /// which HTML cannot hold, becomes U+FFFD.
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
