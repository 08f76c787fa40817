import Tensors

/// The mean of a small sample, such as the effect in each of five networks, with Student's intervals and test.
///
///     mean ± t_{(1+level)/2, n−1} · s/√n
///
/// "Student" (1908). Exact where the values are independent and normal; the networks are the sample, not the
/// images or the directions. With 5 values t is 2.78, not 1.96.
public struct StudentInterval: Hashable, Codable, Sendable {
  /// n
  public let count: Int
  public let mean: Double
  /// s, with divisor n − 1.
  public let standardDeviation: Double

  /// - Parameter values: All finite.
  /// - Returns: `nil` for fewer than two values: one has no spread.
  public init?(_ values: [Double]) {
    precondition(values.allSatisfy(\.isFinite), "a mean needs finite values")
    guard values.count >= 2 else { return nil }
    let moments = SampleMoments(values)
    guard let deviation = moments.standardDeviation else { return nil }
    self.init(count: values.count, mean: moments.mean, standardDeviation: deviation)
  }

  /// Uses summary statistics; `count` is at least 2.
  public init(count: Int, mean: Double, standardDeviation: Double) {
    precondition(count >= 2, "a spread needs two values, got \(count)")
    precondition(
      mean.isFinite && standardDeviation.isFinite && standardDeviation >= 0,
      "mean and standard deviation are finite, the latter not negative, got \(mean) and \(standardDeviation)")
    (self.count, self.mean, self.standardDeviation) = (count, mean, standardDeviation)
  }

  /// s/√n
  public var standardError: Double { standardDeviation / Double(count).squareRoot() }

  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let halfWidth = Self.halfWidth(count: count, standardDeviation: standardDeviation, level: level)
    return ConfidenceInterval(lower: mean - halfWidth, upper: mean + halfWidth, level: level)
  }

  /// P(T ≥ t) of the one-sample test that the true mean is `value` or less: small where the mean is above it.
  ///
  ///     t = (mean − value) / (s/√n),   n − 1 degrees of freedom
  ///
  /// For equal values p is 0 if they are above `value`, 1 if below, and ½ if equal.
  public func upperP(against value: Double = 0) -> Double { tail(value - mean) }

  /// P(T ≤ t): small where the mean is below `value`.
  public func lowerP(against value: Double = 0) -> Double { tail(mean - value) }

  /// The p of the two-sided test that the true mean is `value`.
  public func twoSidedP(against value: Double = 0) -> Double {
    min(1, 2 * min(upperP(against: value), lowerP(against: value)))
  }

  private func tail(_ distance: Double) -> Double {
    guard standardError > 0 else { return distance < 0 ? 0 : distance > 0 ? 1 : 0.5 }
    return StudentDistribution(degreesOfFreedom: Double(count - 1)).cumulative(distance / standardError)
  }

  /// The interval of a reported mean: nil for one value, and where all are equal.
  ///
  /// For equal values it would have zero width, as if the next network could not differ. But equal values, most of them
  /// all 0 or all 1, only show that the spread is too small to appear in so few networks.
  public static func interval(ofMeanOf values: [Double], level: Double = 0.95) -> ConfidenceInterval? {
    // Compared by value: sums of equal values may leave a spread in the last digit.
    guard values.contains(where: { $0 != values[0] }) else { return nil }
    return StudentInterval(values)?.interval(level: level)
  }

  static func halfWidth(count: Int, standardDeviation: Double, level: Double) -> Double {
    precondition(0 < level && level < 1, "a level lies between 0 and 1, got \(level)")
    let t = StudentDistribution(degreesOfFreedom: Double(count - 1)).quantile((1 + level) / 2)
    return t * standardDeviation / Double(count).squareRoot()
  }
}

extension StudentInterval: Checked {
  public func check() throws(CheckFailure) {
    try require(count >= 2, "count", "a spread needs two values, found \(count)")
    try requireNotNegative(standardDeviation, "standardDeviation")
  }
}
