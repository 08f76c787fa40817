/// Draws of a statistic under the null hypothesis, sorted once so that many observed values can be tested.
public struct NullDistribution: Sendable {
  /// In ascending order.
  public let draws: [Double]
  public let mean: Double
  /// With divisor n − 1; `nil` for one draw.
  public let standardDeviation: Double?

  /// - Parameter draws: At least one, all finite, in any order.
  public init(_ draws: [Double]) {
    precondition(!draws.isEmpty, "a null distribution has at least one draw")
    precondition(draws.allSatisfy(\.isFinite), "the draws of a null distribution are finite")
    let moments = SampleMoments(draws)
    (mean, standardDeviation) = (moments.mean, moments.standardDeviation)
    self.draws = draws.sorted()
  }

  /// - Parameter statistic: Finite.
  public func test(_ statistic: Double) -> MonteCarloTest {
    precondition(statistic.isFinite, "a test needs a finite statistic, got \(statistic)")
    let below = draws.partition { $0 >= statistic }
    let notAbove = draws.partition { $0 > statistic }
    return MonteCarloTest(
      statistic: statistic, drawCount: draws.count, aboveCount: draws.count - notAbove,
      equalCount: notAbove - below, nullMean: mean, nullStandardDeviation: standardDeviation)
  }
}

extension [Double] {
  /// Index of the first element for which `belongsRight` is true; it is true for all that follow. `count` if there is
  /// none.
  func partition(_ belongsRight: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongsRight(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
