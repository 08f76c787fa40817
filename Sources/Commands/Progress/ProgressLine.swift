import Escapes

/// A line about progress: pieces between which it may be broken, or behind which it may end.
struct ProgressLine: Equatable {
  var pieces: [String]
  var separator = " "
  var indent = ""

  /// A sentence, to be broken between words.
  init(sentence: String) {
    pieces = TerminalText.escaped(sentence).split(separator: " ", omittingEmptySubsequences: false).map(
      String.init)
  }

  /// Fields of a record, such as "train loss 0.31", the most important first.
  init(fields: [String]) {
    pieces = fields.map(TerminalText.escaped)
    separator = "  "
    indent = "  "
  }

  /// All on one line, for a log.
  var text: String { indent + pieces.joined(separator: separator) }

  /// On as many lines as it takes.
  func folded(to columns: Int) -> [String] {
    TerminalText.folded(
      pieces, separator: separator, to: columns, indent: indent, hanging: indent + "  ")
  }

  /// What fits on one line.
  func cut(to columns: Int) -> String {
    let line = folded(to: columns).first ?? ""
    return TerminalText.cut(line, to: columns)
  }
}
