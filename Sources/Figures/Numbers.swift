import Foundation

/// Number formats of the figures.
public enum Numbers {
  /// Three significant digits: `12.3`, `0.0712`, `−1.20`; powers of ten outside 0.001…99,999.
  public static func threeDigits(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    guard value != 0 else { return "0" }
    // Round first: 9.996 has the exponent of 10.0.
    let scientific = String(format: "%.2e", value)
    let parts = scientific.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return scientific }
    let text =
      (-3...4).contains(exponent)
      ? String(format: "%.\(max(0, 2 - exponent))f", value) : "\(parts[0])e\(exponent)"
    return text.replacing("-", with: "−")
  }

  /// A fraction as a percentage with at most three significant digits: `62.4 %`, `0.05 %`, `100 %`.
  public static func percent(_ share: Double) -> String {
    let value = share * 100
    if value == 0 || value == 100 { return "\(Int(value)) %" }
    // Only 1 itself is printed as 100 %, and only 0 as 0 %.
    if value > 99.95 { return ">99.9 %" }
    if value > 0 && value < 0.05 { return "<0.1 %" }
    return String(format: "%.1f %%", value)
  }

  static func twoDecimals(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let text = String(format: "%.2f", value)
    return text == "-0.00" ? "0.00" : text.replacing("-", with: "−")
  }

  /// A factor without needless decimals: `10`, `2.5`.
  static func factor(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : threeDigits(value)
  }
}
