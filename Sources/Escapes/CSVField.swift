/// Fields of a comma-separated table.
public enum CSVField {
  /// Precedes a text that a spreadsheet would run as a formula, and a text that begins with this mark itself.
  static let mark: Unicode.Scalar = "'"

  /// Text that a spreadsheet shows and does not run, quoted as in RFC 4180.
  ///
  /// A field that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet, even after quotation marks and
  /// blanks, and also with the full-width forms of these signs. Such a text is prefixed with an apostrophe; so is a
  /// text that begins with an apostrophe, so that ``text(of:)`` can remove it again. Numbers are written unchanged,
  /// with their sign.
  ///
  /// - Parameter isForGnuplot: On one line, also quoting what gnuplot might interpret as the end of a field or as a
  ///   comment.
  public static func text(_ text: String, isForGnuplot: Bool = false) -> String {
    var field = needsMark(text) ? String(mark) + text : text
    if isForGnuplot {
      field = String(String.UnicodeScalarView(field.unicodeScalars.map { $0.isControl ? " " : $0 }))
    }
    let special = isForGnuplot ? ",\"# " : ",\"\n\r"
    guard field.unicodeScalars.contains(where: special.unicodeScalars.contains) else { return field }
    var result = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { result += "\"" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }

  /// The original text of a field read by an RFC 4180 reader.
  public static func text(of field: String) -> String {
    field.unicodeScalars.first == mark ? String(field.unicodeScalars.dropFirst()) : field
  }

  private static func needsMark(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    if first == mark || first == "\t" || first == "\r" || first == "\n" { return true }
    let start = text.unicodeScalars.first {
      !$0.properties.isWhitespace && !$0.isControl && !$0.properties.isDefaultIgnorableCodePoint
    }
    return start.map(formulaSigns.contains) ?? false
  }

  private static let formulaSigns = Set("=+-@＝＋－＠".unicodeScalars)
}
