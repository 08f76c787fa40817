import Escapes

/// What a terminal without an end shows: the few control sequences of progress, and what happens at its right edge.
struct Screen {
  var columns: Int
  private(set) var rows: [String] = [""]
  /// The rows that a line went beyond the end of.
  private(set) var wrapped: [String] = []
  /// Control sequences that are none of those known here.
  private(set) var unknown: [String] = []
  private var row = 0
  private var column = 0
  private var sequence: String?

  init(columns: Int) { self.columns = columns }

  mutating func write(_ text: String) {
    for scalar in text.unicodeScalars { write(scalar) }
  }

  private mutating func write(_ scalar: Unicode.Scalar) {
    if let begun = sequence {
      sequence = begun + String(scalar)
      guard scalar != "[", scalar.properties.isAlphabetic else { return }
      obey(sequence ?? "")
      sequence = nil
      return
    }
    switch scalar {
    case "\u{1B}": sequence = ""
    case "\r": column = 0
    case "\n": newRow()
    default:
      let width = TerminalText.columns(of: String(scalar))
      if column + width > columns {
        wrapped.append(rows[row])
        newRow()
        column = 0
      }
      rows[row].unicodeScalars.append(scalar)
      column += width
    }
  }

  private mutating func newRow() {
    row += 1
    if row == rows.count { rows.append("") }
  }

  private mutating func obey(_ sequence: String) {
    switch sequence.last {
    case "A": row = max(0, row - (Int(sequence.dropFirst().dropLast()) ?? 1))
    case "J" where sequence == "[J" && column == 0:
      rows.removeSubrange((row + 1)...)
      rows[row] = ""
    default: unknown.append(sequence)
    }
  }
}
