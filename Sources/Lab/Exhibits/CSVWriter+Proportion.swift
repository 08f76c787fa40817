import Storage
import Tensors

extension CSVWriter {
  /// The columns of a share that keeps its denominator and has Wilson's interval.
  package static func columns(counted name: String) -> [String] {
    ["\(name)_count", "\(name)_of", name, "\(name)_lower_95", "\(name)_upper_95"]
  }

  /// The fields under ``columns(counted:)``; empty what there is not.
  package static func fields(counted share: Proportion) -> [any CSVValue] {
    [
      share.count, share.total, share.value, share.interval95?.lowerBound,
      share.interval95?.upperBound,
    ]
  }
}
