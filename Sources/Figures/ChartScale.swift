import Foundation

/// Ranges of axes and round steps.
enum ChartScale {
  /// The smallest range that holds all finite values and `included`, widened by `share` of itself at each end. An empty
  /// range is given a width; without any value it is 0 to 1.
  static func range(of values: [Double], including included: [Double] = [], share: Double = 0.05)
    -> ClosedRange<Double>
  {
    let all = (values + included).filter(\.isFinite)
    guard let low = all.min(), let high = all.max() else { return 0...1 }
    let width = high > low ? high - low : max(abs(high), 1)
    return low - share * width...high + share * width
  }

  /// The smallest range that holds all positive values, a quarter larger at each end. Without any it is 1 to 10.
  static func logarithmicRange(of values: [Double]) -> ClosedRange<Double> {
    let all = values.filter { $0.isFinite && $0 > 0 }
    guard let low = all.min(), let high = all.max() else { return 1...10 }
    return low / 1.25...high * 1.25
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is at least `width`: a round step.
  static func step(above width: Double) -> Double {
    precondition(width > 0 && width.isFinite, "a step needs a positive width, got \(width)")
    let power = pow(10, floor(log10(width)))
    return [1, 2, 5].map { $0 * power }.first { $0 >= width * (1 - 1e-9) } ?? 10 * power
  }
}
