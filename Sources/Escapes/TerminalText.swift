/// Text for a terminal, escaped so that a name can move no cursor, write to no clipboard and reorder no line.
public enum TerminalText {
  /// `text` on one line: every scalar that a terminal would act on is written as its number, such as `\u{1B}`.
  ///
  /// These are the C0 and C1 controls and delete (ECMA-48), line and paragraph separators, and the bidirectional
  /// controls (Unicode Standard Annex #9), which would show a name in a different order than it is written. By scalar
  /// and not by Character: a control that follows a joining scalar is part of its Character.
  public static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isActive) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isActive(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether a terminal would act on `scalar` instead of showing it.
  public static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: scalar.isControl
    }
  }
}
