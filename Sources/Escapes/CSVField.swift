/// Fields of a table of comma-separated values.
public enum CSVField {
  /// Stands before a text that a spreadsheet would run as a formula, and before a text that begins with itself.
  static let mark: Unicode.Scalar = "'"

  /// Text that a spreadsheet shows and does not run, quoted as RFC 4180 has it.
  ///
  /// A field that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet, with quotation marks and after blanks
  /// too, and also with the wide forms of these signs. Such a text carries an apostrophe before it; so does a text that
  /// begins with an apostrophe, so that ``text(of:)`` can take it away again. Numbers are written as they are, with
  /// their sign.
  ///
  /// - Parameter isForGnuplot: On one line, with quotation marks also around what gnuplot might take for the end of a
  ///   field or for a comment.
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

  /// The text of a field that a reader of RFC 4180 has read.
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
