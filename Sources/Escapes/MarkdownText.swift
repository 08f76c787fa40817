/// Text for Markdown as CommonMark and GitHub read it.
public enum MarkdownText {
  /// `text` on one line, without anything that Markdown or HTML would interpret, in a paragraph or a table cell.
  public static func escaped(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "$": line += "\\\(scalar)"
      case "<": line += "&lt;"
      case ">": line += "&gt;"
      case "&": line += "&amp;"
      case _ where scalar.isControl: line += " "
      default: line.unicodeScalars.append(scalar)
      }
    }
    return escapingStart(of: line)
  }

  /// Escapes the start of a line that would begin a list item, a rule, a heading's underline or a code block, or
  /// removes its spaces.
  private static func escapingStart(of line: String) -> String {
    let text = line.unicodeScalars.drop { $0 == " " }
    guard let first = text.first else { return "" }
    if "+-=".unicodeScalars.contains(first) {
      // Except a number with its sign.
      let isMark = text.dropFirst().first.map { $0 == " " || $0 == first } ?? true
      return (isMark ? "\\" : "") + String(text)
    }
    let number = text.prefix { ("0"..."9").contains($0) }
    let rest = text.dropFirst(number.count)
    guard !number.isEmpty, let mark = rest.first, mark == "." || mark == ")" else { return String(text) }
    let isItem = rest.dropFirst().first.map { $0 == " " } ?? true
    return isItem ? String(number) + "\\" + String(rest) : String(text)
  }
}
