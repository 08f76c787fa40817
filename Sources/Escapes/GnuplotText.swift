/// Text for gnuplot, which reads it from a data file and never from a script.
public enum GnuplotText {
  /// The longest text in bytes, escapes included: gnuplot cuts a string from a file after 1,024 bytes, even inside a
  /// letter.
  static let longest = 1000

  /// `text` as the last field of a tab-separated line: gnuplot's `strcol` returns it unchanged.
  ///
  /// In such a field a quotation mark would end the text and a backslash begin an escape, so both are escaped. gnuplot
  /// reads an octal escape as long as there are octal digits, so a digit after one is escaped too. It skips leading
  /// spaces. Controls become spaces. Because gnuplot also draws SVG, characters that XML does not allow become U+FFFD,
  /// and `]]>` is split by a zero-width space. A text longer than ``longest`` ends with an ellipsis.
  public static func field(_ text: String) -> String {
    var result: [UInt8] = []
    /// The last cut that leaves room for an ellipsis.
    var cut = 0
    var isAfterOctal = false
    var brackets = 0
    for scalar in text.unicodeScalars {
      var (bytes, isOctal) = escaped(scalar, isAfterOctal: isAfterOctal, isFirst: result.isEmpty)
      if scalar == ">", brackets > 1 { bytes = "\u{200B}>".utf8 + [] }
      brackets = scalar == "]" ? brackets + 1 : 0
      guard result.count + bytes.count <= longest else {
        result.removeSubrange(cut...)
        result += "…".utf8
        break
      }
      result += bytes
      isAfterOctal = isOctal
      if result.count <= longest - "…".utf8.count { cut = result.count }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// An axis label, where gnuplot treats `%` as the beginning of a number format unless it is doubled.
  public static func placeName(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(scalar)
      if scalar == "%" { result.append(scalar) }
    }
    return String(result)
  }

  private static func escaped(
    _ scalar: Unicode.Scalar, isAfterOctal: Bool, isFirst: Bool
  ) -> (bytes: [UInt8], isOctal: Bool) {
    switch scalar {
    case "\\": (Array(#"\\"#.utf8), false)
    case "\"": (octal(scalar), true)
    case "0"..."7" where isAfterOctal: (octal(scalar), true)
    case " " where isFirst: (octal(scalar), true)
    case _ where scalar.isControl: isFirst ? (octal(" "), true) : (Array(" ".utf8), false)
    case "\u{FFFE}", "\u{FFFF}": (Array("\u{FFFD}".utf8), false)
    default: (Array(String(scalar).utf8), false)
    }
  }

  /// A backslash with three octal digits.
  private static func octal(_ scalar: Unicode.Scalar) -> [UInt8] {
    let digits = String(scalar.value, radix: 8)
    return Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
  }
}
