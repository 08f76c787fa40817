import Foundation

/// Range of an axis, with room at both ends, and its steps.
enum ChartScale {
  /// The smallest range that holds all values and `included`, widened by `share` of itself at each end. An empty range
  /// is given a width.
  static func range(of values: [Double], including included: [Double] = [], share: Double = 0.05)
    -> ClosedRange<Double>
  {
    let all = values + included
    precondition(!all.isEmpty && all.allSatisfy(\.isFinite), "a chart shows at least one value, all finite")
    let (low, high) = (all.min()!, all.max()!)
    let width = high > low ? high - low : max(abs(high), 1)
    return low - share * width...high + share * width
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is at least `width`: a round step.
  static func step(above width: Double) -> Double {
    precondition(width > 0 && width.isFinite, "a step needs a positive width, got \(width)")
    let power = pow(10, floor(log10(width)))
    return [1, 2, 5].map { $0 * power }.first { $0 >= width * (1 - 1e-9) } ?? 10 * power
  }

  /// Range in gnuplot's format, `[low:high]`.
  static func script(_ range: ClosedRange<Double>) -> ChartCode {
    "[\(range.lowerBound):\(range.upperBound)]"
  }
}
