import Foundation

/// The numbers of one axis, all in one notation: plain decimals, or powers of ten where those would be too long.
enum AxisNumbers {
  /// Plain decimals lie between these; 0 is plain.
  private static let plain = 0.0001..<1_000_000

  /// Texts of values a constant step apart, with as many decimals as the step has; powers share their exponent.
  static func texts(_ values: [Double], step: Double) -> [String] {
    let largest = values.map(abs).max() ?? 0
    guard largest > 0, !(plain.contains(step) && largest < plain.upperBound) else {
      return values.map { decimal($0, digits: digits(of: step)) }
    }
    let exponent = Int(log10(largest).rounded(.down))
    let unit = power(exponent)
    return values.map {
      $0 == 0 ? "0" : "\(decimal($0 / unit, digits: digits(of: step / unit)))×10\(superscript(exponent))"
    }
  }

  /// Texts of values without a common step, each with the decimals that it needs.
  static func texts(_ values: [Double]) -> [String] {
    guard values.contains(where: { $0 != 0 && !plain.contains(abs($0)) }) else {
      return values.map { shortest($0) }
    }
    return values.map { value in
      guard value != 0 else { return "0" }
      let exponent = Int((log10(abs(value)) + 1e-9).rounded(.down))
      let mantissa = shortest(value / power(exponent))
      let factor = mantissa == "1" ? "" : mantissa == "−1" ? "−" : "\(mantissa)×"
      return "\(factor)10\(superscript(exponent))"
    }
  }

  /// `−1,250.5`: a minus sign, and commas between thousands.
  static func decimal(_ value: Double, digits: Int) -> String {
    let text = String(format: "%.\(digits)f", abs(value))
    let isNegative = value < 0 && text.contains { $0 != "0" && $0 != "." }
    let parts = text.split(separator: ".")
    var whole = String(parts[0])
    var place = whole.count - 3
    while place > 0 {
      whole.insert(",", at: whole.index(whole.startIndex, offsetBy: place))
      place -= 3
    }
    return (isNegative ? "−" : "") + whole + (parts.count > 1 ? ".\(parts[1])" : "")
  }

  /// At most four significant digits, without zeros at the end.
  private static func shortest(_ value: Double) -> String {
    let digits = (0...8).first { digits in
      let scale = power(digits)
      return abs((value * scale).rounded() / scale - value) <= 1e-4 * abs(value)
    }
    return decimal(value, digits: digits ?? 8)
  }

  private static func digits(of step: Double) -> Int { max(0, -Int((log10(step) + 1e-9).rounded(.down))) }

  static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

  private static func superscript(_ exponent: Int) -> String {
    String(
      "\(exponent)".map { digit in
        digit == "-" ? "⁻" : Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[digit.wholeNumberValue ?? 0]
      })
  }
}
