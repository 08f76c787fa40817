import Tensors

/// A statistic compared with draws of it under the null hypothesis.
///
///     p_upper = (1 + #{T_b ≥ T}) / (B + 1)          p_lower = (1 + #{T_b ≤ T}) / (B + 1)
///     p_two   = min(1, 2 min(p_upper, p_lower))
///
/// The observed value counts as one more draw, which it is under the null hypothesis: p is at least 1/(B + 1),
/// never 0, and P(p ≤ α) ≤ α for every α and B. Phipson and Smyth (2010), "Permutation p-values should never be
/// zero". Ties count against the observed value; where a statistic takes few values, mid-p counts them half.
public struct MonteCarloTest: Hashable, Codable, Sendable {
  /// How draws that equal the observed value count.
  public enum TieRule: String, CaseIterable, Codable, Sendable {
    /// All count against it: P(p ≤ α) ≤ α holds.
    case conservative
    /// Half of them count against it, the observed value included: p has mean ½ under the null hypothesis, but p ≤ α
    /// may be slightly more likely than α. Lancaster (1961), "Significance tests in discrete distributions".
    ///
    ///     p_upper = (#{T_b > T} + ½ (#{T_b = T} + 1)) / (B + 1)
    case midP
  }

  /// T, the observed value.
  public let statistic: Double
  /// B.
  public let drawCount: Int
  /// #{T_b > T}
  public let aboveCount: Int
  /// #{T_b = T}
  public let equalCount: Int
  /// Mean of the draws.
  public let nullMean: Double
  /// Their sample standard deviation, with divisor n − 1; `nil` for one draw.
  public let nullStandardDeviation: Double?

  /// - Parameters:
  ///   - statistic: Finite.
  ///   - null: At least one draw, all finite, computed exactly like the statistic, so that ties are exact.
  public init(of statistic: Double, against null: [Double]) {
    self = NullDistribution(null).test(statistic)
  }

  init(
    statistic: Double, drawCount: Int, aboveCount: Int, equalCount: Int, nullMean: Double,
    nullStandardDeviation: Double?
  ) {
    self.statistic = statistic
    self.drawCount = drawCount
    self.aboveCount = aboveCount
    self.equalCount = equalCount
    self.nullMean = nullMean
    self.nullStandardDeviation = nullStandardDeviation
  }

  /// #{T_b < T}
  public var belowCount: Int { drawCount - aboveCount - equalCount }

  /// The observed value minus the mean of the draws: the effect in one network.
  public var difference: Double { statistic - nullMean }

  /// Small where the observed value is large.
  public func upperP(ties rule: TieRule = .conservative) -> Double { p(beyond: aboveCount, ties: rule) }

  /// Small where the observed value is small.
  public func lowerP(ties rule: TieRule = .conservative) -> Double { p(beyond: belowCount, ties: rule) }

  /// Small where the observed value is far out on either side.
  public func twoSidedP(ties rule: TieRule = .conservative) -> Double {
    min(1, 2 * min(upperP(ties: rule), lowerP(ties: rule)))
  }

  private func p(beyond count: Int, ties rule: TieRule) -> Double {
    let ties = Double(equalCount + 1)
    return (Double(count) + (rule == .midP ? ties / 2 : ties)) / Double(drawCount + 1)
  }
}

extension MonteCarloTest: Checked {
  public func check() throws(CheckFailure) {
    try requirePart(aboveCount + equalCount, of: drawCount, "aboveCount")
    try requireNotNegative(nullStandardDeviation, "nullStandardDeviation")
  }
}
