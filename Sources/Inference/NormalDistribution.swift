import CStatistics

/// The standard normal distribution, Φ. Computed by Boost.Math.
public enum NormalDistribution {
  /// Φ(z) = P(Z ≤ z). The upper tail P(Z ≥ z) is `cumulative(-z)`, accurate even where 1 − Φ would be lost to rounding.
  public static func cumulative(_ z: Double) -> Double {
    precondition(!z.isNaN, "a z score is a number")
    return CStatisticsNormalCumulative(z)
  }

  /// Φ⁻¹(p); −∞ at 0 and ∞ at 1.
  public static func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability lies in [0, 1], got \(probability)")
    return CStatisticsNormalQuantile(probability)
  }
}
