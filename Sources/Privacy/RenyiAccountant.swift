import Foundation

/// Accumulates the privacy cost of the steps of private training.
///
/// Rényi divergences of the same order add up under composition, even if a step depends on earlier ones (Mironov, 2017,
/// proposition 1). <https://arxiv.org/abs/1702.07476>
public struct RenyiAccountant: Hashable, Sendable {
  public struct Part: Hashable, Codable, Sendable {
    public let mechanism: SampledGaussian
    public let stepCount: Int
  }

  public private(set) var parts: [Part] = []

  public init() {}

  public init(_ mechanism: SampledGaussian, stepCount: Int) { compose(mechanism, stepCount: stepCount) }

  public mutating func compose(_ mechanism: SampledGaussian, stepCount: Int) {
    precondition(stepCount >= 0, "a number of steps is not negative, got \(stepCount)")
    if stepCount > 0 { parts.append(Part(mechanism: mechanism, stepCount: stepCount)) }
  }

  /// The Rényi divergence over all steps.
  public func renyiDivergence(order: Double) -> Double {
    parts.reduce(0) { $0 + Double($1.stepCount) * $1.mechanism.renyiDivergence(order: order) }
  }

  /// The smallest ε over all orders for δ.
  ///
  /// Every order gives a valid ε, so the search can miss the smallest but never claim too small an ε. It tries orders
  /// with α − 1 in steps of a quarter of an octave and then narrows around the best. Since ρ does not fall with α, it
  /// stops where ρ alone exceeds the best ε by more than a conversion can subtract.
  ///
  /// - Returns: ε = ∞ where a step has no noise.
  public func guarantee(delta: Double, conversion: RenyiConversion = .improved) -> PrivacyGuarantee {
    precondition(delta > 0 && delta < 1, "δ lies between 0 and 1, got \(delta)")
    guard !parts.isEmpty else { return PrivacyGuarantee(epsilon: 0, delta: delta, order: nil) }
    var best = PrivacyGuarantee(epsilon: .infinity, delta: delta, order: nil)
    /// - Returns: The ε of an order and its ρ.
    func consider(_ logarithm: Double) -> (epsilon: Double, divergence: Double) {
      let order = 1 + exp2(logarithm)
      let divergence = renyiDivergence(order: order)
      let epsilon = conversion.epsilon(order: order, divergence: divergence, delta: delta)
      if epsilon < best.epsilon { best = PrivacyGuarantee(epsilon: epsilon, delta: delta, order: order) }
      return (epsilon, divergence)
    }
    var (centre, least) = (0.0, Double.infinity)
    for logarithm in stride(from: Self.logarithms.lowerBound, through: Self.logarithms.upperBound, by: 0.25) {
      let (epsilon, divergence) = consider(logarithm)
      if epsilon < least { (centre, least) = (logarithm, epsilon) }
      if divergence == .infinity { break }
      if logarithm >= 0, divergence - RenyiConversion.mostTakenOff > least { break }
    }
    guard best.epsilon > 0, best.epsilon < .infinity else { return best }
    // Golden-section search.
    let share = (5.0.squareRoot() - 1) / 2
    var (lower, upper) = (centre - 0.25, centre + 0.25)
    for _ in 0..<20 {
      let (left, right) = (upper - share * (upper - lower), lower + share * (upper - lower))
      if consider(left).epsilon < consider(right).epsilon { upper = right } else { lower = left }
    }
    return best
  }

  /// Range of log₂(α − 1).
  private static let logarithms = -7.0...16.0
}
