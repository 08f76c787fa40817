import Tensors

/// The difference of two independent proportions.
///
///     d = p₁ − p₂,   lower = d − √((p₁ − l₁)² + (u₂ − p₂)²),   upper = d + √((u₁ − p₁)² + (p₂ − l₂)²)
///
/// with [l, u] Wilson's intervals: method 10 of Newcombe (1998), "Interval estimation for the difference between
/// independent proportions". It stays inside [−1, 1] and keeps a width where both proportions are 0 or 1.
public struct ProportionDifference: Equatable, Sendable {
  public let first: Proportion
  public let second: Proportion

  public init(_ first: Proportion, minus second: Proportion) { (self.first, self.second) = (first, second) }

  /// nil if either total is 0.
  public var value: Double? { first.value.flatMap { one in second.value.map { one - $0 } } }

  /// nil if either total is 0.
  public var interval95: ConfidenceInterval? {
    guard let one = first.value, let other = second.value, let near = first.interval95,
      let far = second.interval95
    else { return nil }
    func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    let below = length(one - near.lowerBound, far.upperBound - other)
    let above = length(near.upperBound - one, other - far.lowerBound)
    return ConfidenceInterval(lower: one - other - below, upper: one - other + above, level: 0.95)
  }
}
