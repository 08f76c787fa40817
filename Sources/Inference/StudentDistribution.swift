import CStatistics

/// Student's t distribution: the distribution of a mean in units of its estimated standard error.
///
/// "Student" (1908), "The probable error of a mean". Computed by Boost.Math.
public struct StudentDistribution: Hashable, Sendable {
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite,
      "degrees of freedom are positive and finite, got \(degreesOfFreedom)")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(T ≤ t). The upper tail P(T ≥ t) is `cumulative(-t)`, accurate even where 1 − P would be lost to rounding.
  public func cumulative(_ t: Double) -> Double {
    precondition(!t.isNaN, "a t statistic is a number")
    return CStatisticsStudentCumulative(t, degreesOfFreedom)
  }

  /// The t with P(T ≤ t) = `probability`; −∞ at 0 and ∞ at 1.
  public func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in [0, 1], got \(probability)")
    return CStatisticsStudentQuantile(probability, degreesOfFreedom)
  }
}
