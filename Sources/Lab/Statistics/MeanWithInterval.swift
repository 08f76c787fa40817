import Foundation
import Inference
import Tensors

/// A mean over images with Student's 95 % interval and its denominator.
public struct MeanWithInterval: Codable, Equatable, Sendable {
  public var count: Int
  public var mean: Double
  /// Nil for a single value, which has no spread, and where all are equal.
  public var interval95: [Double]?

  /// - Returns: `nil` of no values.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    count = values.count
    mean = values.reduce(0, +) / Double(values.count)
    interval95 = StudentInterval.interval(ofMeanOf: values)?.bounds
  }

  /// Of shares: with an interval that ends where shares do, at 0 and 1, as Student's need not.
  package var ofShares: MeanWithInterval {
    var cut = self
    cut.interval95 = interval95.map { [max(0, $0[0]), min(1, $0[1])] }
    return cut
  }

  package var range: ClosedRange<Double>? { interval95.map { $0[0]...$0[1] } }

  /// What stands in the place of an interval.
  package var remark: String { interval95 == nil && count > 1 ? " (all alike)" : "" }
}

extension ConfidenceInterval {
  fileprivate var bounds: [Double] { [lower, upper] }
}

/// Median and quartiles, for values whose mean a few large ones would decide.
public struct Quartiles: Codable, Equatable, Sendable {
  public var count: Int
  public var lower: Double
  public var median: Double
  public var upper: Double

  /// - Returns: `nil` of no values.
  package init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let lower = Statistics.quantile(0.25, ofSorted: sorted),
      let median = Statistics.quantile(0.5, ofSorted: sorted),
      let upper = Statistics.quantile(0.75, ofSorted: sorted)
    else { return nil }
    (count, self.lower, self.median, self.upper) = (values.count, lower, median, upper)
  }
}

/// The slope of log y against log x by least squares.
///
/// - Parameter x: Positive, at least two of them different; so are `y`.
package func logarithmicSlope(_ x: [Double], _ y: [Double]) -> Double {
  let (u, v) = (x.map { log($0) }, y.map { log($0) })
  let (meanU, meanV) = (u.reduce(0, +) / Double(u.count), v.reduce(0, +) / Double(v.count))
  let spread = u.reduce(0) { $0 + ($1 - meanU) * ($1 - meanU) }
  return zip(u, v).reduce(0) { $0 + ($1.0 - meanU) * ($1.1 - meanV) } / spread
}

extension MeanWithInterval: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(count, "count")
    try requireEnds(interval95, "interval95")
  }
}
