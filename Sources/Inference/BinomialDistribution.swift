import CStatistics

/// Number of successes among independent trials of equal probability. Computed by Boost.Math.
///
///     P(X ≤ k) = I_{1−p}(n − k, k + 1)     I: the regularised incomplete beta function
public struct BinomialDistribution: Hashable, Sendable {
  public let trialCount: Int
  public let probability: Double

  public init(trialCount: Int, probability: Double) {
    precondition(trialCount >= 0, "a number of trials is not negative, got \(trialCount)")
    precondition((0...1).contains(probability), "a probability lies in [0, 1], got \(probability)")
    (self.trialCount, self.probability) = (trialCount, probability)
  }

  /// P(X ≤ `count`).
  public func cumulative(_ count: Int) -> Double {
    guard count >= 0 else { return 0 }
    guard count < trialCount else { return 1 }
    return CStatisticsBetaCumulative(1 - probability, Double(trialCount - count), Double(count + 1))
  }

  /// The range in which X falls with probability at least `level`, with at most (1 − level)/2 beyond each end: the
  /// acceptable number of rejections, or of intervals that cover.
  public func centralRange(level: Double) -> ClosedRange<Int> {
    precondition(0 < level && level < 1, "a level lies between 0 and 1, got \(level)")
    let tail = (1 - level) / 2
    // P(X < lower) ≤ tail and P(X > upper) ≤ tail.
    let lower = firstCount { cumulative($0) > tail }
    let upper = firstCount { 1 - cumulative($0) <= tail }
    return lower...max(lower, upper)
  }

  /// The smallest count for which `condition` is true; it must stay true from there to the number of trials.
  private func firstCount(where condition: (Int) -> Bool) -> Int {
    var (low, high) = (0, trialCount)
    while low < high {
      let middle = (low + high) / 2
      if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
