extension TerminalText {
  /// The number of columns that a terminal shows `text` in, which must be on one line and escaped.
  public static func columns(of text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  /// 2 for East Asian wide and full-width characters and for emoji, 0 for marks that are drawn over another character,
  /// otherwise 1: Unicode Standard Annex #11, by the blocks that are wide throughout.
  private static func columns(of scalar: Unicode.Scalar) -> Int {
    guard scalar.value >= 0x300 else { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1160...0x11FF: return 0  // vowels and final consonants of a Hangul syllable
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
      0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
      return 2
    default: return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// The longest beginning of `text` that fits into `limit` columns; an ellipsis replaces what was cut off.
  public static func cut(_ text: String, to limit: Int) -> String {
    guard columns(of: text) > limit else { return text }
    guard limit > 0 else { return "" }
    var result = ""
    var used = 0
    for scalar in text.unicodeScalars {
      let columns = columns(of: scalar)
      guard used + columns < limit else { break }
      used += columns
      result.unicodeScalars.append(scalar)
    }
    return result + "…"
  }

  /// Lines of at most `limit` columns, broken only between `pieces`. A piece that is longer stays whole.
  ///
  /// - Parameters:
  ///   - pieces: Such as words, or the fields of a record.
  ///   - separator: Stands between pieces of a line.
  ///   - indent: Precedes the first line.
  ///   - hanging: Precedes all lines but the first.
  ///   - mark: Stands at the end of all lines but the last, such as a shell's backslash.
  public static func folded(
    _ pieces: [some StringProtocol], separator: String = " ", to limit: Int, indent: String = "",
    hanging: String = "", mark: String = ""
  ) -> [String] {
    var lines: [String] = []
    var line = indent
    var isEmpty = true
    for (place, piece) in pieces.enumerated() {
      let room = place == pieces.count - 1 ? limit : limit - columns(of: mark)
      if !isEmpty, columns(of: line) + columns(of: separator) + columns(of: piece) > room {
        lines.append(line + mark)
        (line, isEmpty) = (hanging, true)
      }
      line += (isEmpty ? "" : separator) + piece
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }

  /// Lines of at most `limit` columns, broken at spaces.
  public static func folded(
    _ text: String, to limit: Int, indent: String = "", hanging: String = "", mark: String = ""
  ) -> [String] {
    folded(text.split(separator: " "), to: limit, indent: indent, hanging: hanging, mark: mark)
  }
}
