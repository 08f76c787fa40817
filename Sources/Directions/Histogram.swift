import Tensors

/// Counts in bins of equal width between the smallest and the largest value.
public struct Histogram: Equatable, Codable, Sendable {
  public let lowerBound: Float
  public let upperBound: Float
  /// Bin b holds lowerBound + width·b ≤ x < lowerBound + width·(b + 1); the last bin includes its upper end.
  public let counts: [Int]

  /// If all values are equal they are in the first bin. Without values both bounds and all counts are 0.
  public init(of values: some Collection<Float>, binCount: Int) {
    precondition(binCount > 0, "at least one bin is needed, got \(binCount)")
    let lower = values.min() ?? 0
    let upper = values.max() ?? 0
    let width = (Double(upper) - Double(lower)) / Double(binCount)
    var counts = [Int](repeating: 0, count: binCount)
    for value in values {
      let bin = width > 0 ? Int((Double(value) - Double(lower)) / width) : 0
      counts[min(bin, binCount - 1)] += 1
    }
    lowerBound = lower
    upperBound = upper
    self.counts = counts
  }

  /// The relative position of a value between the bounds, 0…1; `nil` if they are equal or it is outside.
  public func position(of value: Float) -> Double? {
    guard upperBound > lowerBound, (lowerBound...upperBound).contains(value) else { return nil }
    return (Double(value) - Double(lowerBound)) / (Double(upperBound) - Double(lowerBound))
  }
}

extension Histogram: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(counts.count, "counts")
    try require(counts.allSatisfy { $0 >= 0 }, "counts", "a count is not negative")
    try require(
      lowerBound <= upperBound, "upperBound", "expected \(lowerBound) or above, found \(upperBound)")
  }
}
