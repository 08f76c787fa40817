/// Two one-sided tests of whether a mean lies inside ±margin.
///
///     p = max( P(T ≥ (mean + m)/se), P(T ≤ (mean − m)/se) ),   n − 1 degrees of freedom
///
/// p < α exactly when the interval of level 1 − 2α lies inside (−m, m): the 90 % interval for α = 0.05.
/// Schuirmann (1987), "A comparison of the two one-sided tests procedure and the power approach for assessing the
/// equivalence of average bioavailability"; Lakens (2017). A large p of a test against 0 is no evidence of
/// equality; a small p of this one is.
public struct EquivalenceTest: Hashable, Codable, Sendable {
  /// m: the smallest difference that would matter, declared beforehand.
  public let margin: Double
  /// α.
  public let significance: Double
  /// The p of the test that the true mean is −m or less.
  public let aboveLowerMarginP: Double
  /// The p of the test that the true mean is m or more.
  public let belowUpperMarginP: Double
  /// Interval of level 1 − 2α.
  public let interval: ConfidenceInterval

  /// - Parameters:
  ///   - sample: Differences, one per network.
  ///   - margin: Positive.
  ///   - significance: Between 0 and ½.
  public init(of sample: StudentInterval, margin: Double, significance: Double = 0.05) {
    precondition(margin > 0 && margin.isFinite, "a margin is positive and finite, got \(margin)")
    precondition(
      0 < significance && significance < 0.5, "a significance lies between 0 and 0.5, got \(significance)")
    self.margin = margin
    self.significance = significance
    aboveLowerMarginP = sample.upperP(against: -margin)
    belowUpperMarginP = sample.lowerP(against: margin)
    interval = sample.interval(level: 1 - 2 * significance)
  }

  /// The p of the test that the true mean is not inside ±m.
  public var p: Double { max(aboveLowerMarginP, belowUpperMarginP) }

  /// Whether the mean is shown to lie inside ±m.
  public var isEquivalent: Bool { interval.isInside(margin: margin) }
}
