import Figures
import Foundation
import Tensors

extension Proportion {
  /// `976 of 986 (99.0 %)`
  package var counted: String { "\(count) of \(total)" + (value.map { " (\(Numbers.percent($0)))" } ?? "") }

  /// `99.0 %`, and – of nothing.
  package var percent: String { value.map { String(format: "%.1f %%", 100 * $0) } ?? "–" }

  /// With Wilson's interval: `99.0 %, 976 of 986 [98.1, 99.4]`.
  package var rate: String {
    let interval = interval95.map {
      String(format: " [%.1f, %.1f]", 100 * $0.lowerBound, 100 * $0.upperBound)
    }
    return "\(percent), \(count) of \(total)\(interval ?? "")"
  }
}
