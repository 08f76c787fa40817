import Figures
import Foundation

extension Numbers {
  /// A perturbation's size: `0.1`, but `8/255` for what was meant so.
  package static func epsilon(_ epsilon: Float) -> String {
    let levels = epsilon * 255
    let isWhole = abs(levels - levels.rounded()) < 1e-4 && (0.5...255).contains(levels)
    if epsilon.description.count > 6 && isWhole { return "\(Int(levels.rounded()))/255" }
    return epsilon.description.hasSuffix(".0") ? String(epsilon.description.dropLast(2)) : epsilon.description
  }

  /// A number as its user wrote it: `15`, `0.25`; without a power of ten where nine decimals suffice: `0.000009`.
  package static func plain(_ value: Double) -> String {
    guard abs(value) < 1e6 else { return "\(value)" }
    if value == value.rounded() { return "\(Int(value))" }
    let text = trimmed(String(format: "%.9f", value))
    return Double(text) == value ? text : "\(value)"
  }

  /// A share as its user wrote it: `10 %` of 0.1, `0.1 %` of 0.001.
  package static func plainPercent(_ share: Double) -> String {
    trimmed(String(format: "%.6f", 100 * share)) + " %"
  }

  /// Without zeros at the end of its decimals.
  private static func trimmed(_ decimals: String) -> String {
    var text = decimals
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// A count with separators: `9,048`.
  package static func grouped(_ count: Int) -> String {
    var text = String(count.magnitude)
    var place = text.count - 3
    while place > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: place))
      place -= 3
    }
    return count < 0 ? "−\(text)" : text
  }

  /// `0.765`, `−0.012`, and with a sign `+0.050`; where there is none a space holds its place in a column.
  package static func threeDecimals(_ value: Double, signed: Bool = false) -> String {
    let digits = String(format: "%.3f", abs(value))
    let sign = value < -0.0005 ? "−" : signed ? "+" : " "
    return sign + digits
  }

  /// A p-value: `0.012`, `0.34`, `< 0.001`, `> 0.99`.
  package static func p(_ p: Double) -> String {
    p < 0.0005 ? "< 0.001" : p >= 0.995 ? "> 0.99" : String(format: p < 0.0995 ? "%.3f" : "%.2f", p)
  }
}
