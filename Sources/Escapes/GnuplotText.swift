/// Text for gnuplot, which reads it from a file of data and never from a script.
public enum GnuplotText {
  /// Longest text in bytes, escapes included: gnuplot cuts a string from a file after 1,024, inside a letter if need be.
  static let longest = 1000

  /// `text` as the last field of a line whose fields are separated by tabs: gnuplot's `strcol` gives it back.
  ///
  /// In such a field a quotation mark would end the text and a backslash begin an escape, so both are escaped. gnuplot
  /// reads an octal escape as far as there are octal digits; a digit after one is therefore an escape too. It skips
  /// spaces at the beginning. Controls become spaces. Because gnuplot draws SVG too, what no XML may hold becomes
  /// U+FFFD, and `]]>` is parted by a space without width. A longer text than ``longest`` ends with an ellipsis.
  public static func field(_ text: String) -> String {
    var result: [UInt8] = []
    /// Where the text can still be cut so that an ellipsis fits.
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

  /// A name of a place on an axis, where gnuplot takes `%` for the beginning of a number's format unless it is doubled.
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
