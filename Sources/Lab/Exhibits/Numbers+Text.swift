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

  /// A number as its user wrote it: `15`, `0.25`.
  package static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "\(value)"
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
