import Figures
import Foundation
import Tensors

extension Proportion {
  /// `976 of 986 (99.0 %)`
  package var counted: String { "\(count) of \(total)" + (value.map { " (\(Numbers.percent($0)))" } ?? "") }

  /// `99.0 %`, and – of nothing.
  package var percent: String { value.map { String(format: "%.1f %%", 100 * $0) } ?? "–" }

  /// `99.0 % (976 of 986)`, or `99.0 % (976 of 986 images; 95 % interval 98.1 % to 99.4 %)`; – (0 of 0) of nothing.
  ///
  /// - Parameters:
  ///   - noun: What is counted, in the plural.
  ///   - hasInterval: Whether Wilson's interval is part of it.
  package func share(of noun: String? = nil, hasInterval: Bool = false) -> String {
    let counts = "\(Numbers.grouped(count)) of \(Numbers.grouped(total))" + (noun.map { " \($0)" } ?? "")
    guard let value, let interval95 else { return "– (\(counts))" }
    let interval =
      "; 95 % interval \(Numbers.percent(interval95.lowerBound)) to \(Numbers.percent(interval95.upperBound))"
    return "\(Numbers.percent(value)) (\(counts)\(hasInterval ? interval : ""))"
  }

  /// With Wilson's interval: `99.0 %, 976 of 986 [98.1, 99.4]`.
  package var rate: String {
    let interval = interval95.map {
      String(format: " [%.1f, %.1f]", 100 * $0.lowerBound, 100 * $0.upperBound)
    }
    return "\(percent), \(count) of \(total)\(interval ?? "")"
  }
}
