import Tensors

/// Bias-corrected and accelerated bootstrap interval of a mean.
///
///     z₀ = Φ⁻¹( share of replicates below the mean, ties half )
///     a  = Σ (m̄ − m₍ᵢ₎)³ / 6 (Σ (m̄ − m₍ᵢ₎)²)^{3/2}        m₍ᵢ₎: mean without value i, m̄: their mean
///     ends: quantiles of the replicates at Φ( z₀ + (z₀ ± z) / (1 − a (z₀ ± z)) ),   z = Φ⁻¹((1 + level)/2)
///
/// Efron (1987), "Better bootstrap confidence intervals". It does not assume normality and may be asymmetric about the
/// mean. From few values it is too narrow, so it is given from ``leastCount`` on.
///
/// The values are networks. Do not draw *images* with replacement: a doubled image enters one top set twice and
/// looks like coherence; ``HalfSampling`` is for images.
public enum BootstrapInterval {
  /// With fewer values, use ``StudentInterval``.
  public static let leastCount = 8

  /// - Parameters:
  ///   - values: All finite.
  ///   - drawCount: Replicates, each of as many values drawn with replacement.
  ///   - seed: The same seed gives the same bits.
  /// - Returns: `nil` for fewer than ``leastCount`` values, and in the rare case that the corrections leave no
  ///   quantile to take.
  public static func ofMean(
    _ values: [Double], level: Double = 0.95, drawCount: Int = 9_999, seed: UInt64
  ) -> ConfidenceInterval? {
    precondition(values.allSatisfy(\.isFinite), "a mean needs finite values")
    precondition(drawCount >= 1, "a bootstrap needs at least one draw, got \(drawCount)")
    guard values.count >= leastCount else { return nil }
    var generator = SeededGenerator(seed: seed, purpose: "bootstrap")
    let replicates = (0..<drawCount).map { _ in
      var sum = 0.0
      for _ in values { sum += values[Int(generator.next(upperBound: UInt64(values.count)))] }
      return sum / Double(values.count)
    }
    let sum = values.reduce(0, +)
    let leftOut = values.map { (sum - $0) / Double(values.count - 1) }
    return interval(
      estimate: sum / Double(values.count), replicates: replicates, leftOut: leftOut, level: level)
  }

  /// - Parameters:
  ///   - estimate: The statistic of the whole sample.
  ///   - replicates: The statistic of bootstrap samples.
  ///   - leftOut: The statistic without value i, for each i.
  static func interval(estimate: Double, replicates: [Double], leftOut: [Double], level: Double)
    -> ConfidenceInterval?
  {
    precondition(0 < level && level < 1, "a level lies between 0 and 1, got \(level)")
    let sorted = replicates.sorted()
    let below = sorted.partition { $0 >= estimate }
    let notAbove = sorted.partition { $0 > estimate }
    let bias = NormalDistribution.quantile(Double(below + notAbove) / Double(2 * sorted.count))

    let centre = leftOut.reduce(0, +) / Double(leftOut.count)
    let (squares, cubes) = leftOut.reduce((0.0, 0.0)) { sums, value in
      let distance = centre - value
      return (sums.0 + distance * distance, sums.1 + distance * distance * distance)
    }
    let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0

    func end(_ probability: Double) -> Double? {
      let score = bias + NormalDistribution.quantile(probability)
      let stretched = 1 - acceleration * score
      guard score.isFinite, stretched > 0 else { return nil }
      return Statistics.quantile(NormalDistribution.cumulative(bias + score / stretched), ofSorted: sorted)
    }
    guard let lower = end((1 - level) / 2), let upper = end((1 + level) / 2), lower <= upper else {
      return nil
    }
    return ConfidenceInterval(lower: lower, upper: upper, level: level)
  }
}
