import Storage
import Tensors

extension CSVWriter {
  /// The columns of a share that keeps its denominator and has Wilson's interval.
  static func columns(counted name: String) -> [String] {
    ["\(name)_count", "\(name)_of", name, "\(name)_lower_95", "\(name)_upper_95"]
  }

  /// The fields under ``columns(counted:)``; empty what there is not.
  static func fields(counted share: Proportion) -> [any CustomStringConvertible] {
    [
      share.count, share.total, field(share.value), field(share.interval95?.lowerBound),
      field(share.interval95?.upperBound),
    ]
  }

  static func field(_ value: (some CustomStringConvertible)?) -> any CustomStringConvertible {
    value.map(\.description) ?? ""
  }
}
