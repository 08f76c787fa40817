import Figures
import Foundation

extension MeanWithInterval {
  /// A mean of shares in percent: `12.3 % [11.0, 13.6]`; of several values without a spread `12.3 % (all equal)`.
  package var percent: String {
    func number(_ value: Double) -> String { String(format: "%.1f", 100 * value) }
    let shares = ofShares
    let interval = shares.interval95.map { " [\(number($0[0])), \(number($0[1]))]" } ?? remark
    return "\(number(shares.mean)) %\(interval)"
  }

  /// The mark of a mean of shares in a chart, in percent.
  package func percentPoint(at x: Double) -> Chart.Point {
    let shares = ofShares
    return Chart.Point(
      x: x, value: 100 * shares.mean,
      interval: shares.range.map { 100 * $0.lowerBound...100 * $0.upperBound })
  }
}

/// The sample of a mean, in words: networks, draws or pairs of classes.
package struct MeanSample: Sendable {
  package let count: Int
  private let one: String
  private let many: String

  /// - Parameter many: The plural; nil: with an s.
  package init(_ count: Int, _ one: String, _ many: String? = nil) {
    (self.count, self.one, self.many) = (count, one, many ?? "\(one)s")
  }

  /// `5 networks`
  package var counted: String { "\(count) \(count == 1 ? one : many)" }

  /// For the brackets behind a mean: `mean of 5 networks, Student's 95 % interval`, or `one network`.
  package var words: String {
    count == 1 ? "one \(one)" : "mean of \(counted), Student's 95 % interval"
  }

  /// For the subtitle of a chart.
  package var caption: String {
    count == 1
      ? "One \(one) per point, so there is no interval."
      : "Points: means of \(counted) with Student's 95 % interval; no interval if all values are equal."
  }
}
