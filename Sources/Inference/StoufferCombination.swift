/// One-sided p-values of independent tests of the same question, combined into one.
///
///     Z = Σ wᵢ Φ⁻¹(1 − pᵢ) / √(Σ wᵢ²),   p = 1 − Φ(Z)
///
/// Stouffer et al. (1949), "The American Soldier", volume 1; with weights, Liptak (1958). It tests whether *any* of the
/// networks differs, not whether networks in general do: a supplement to an interval over networks, never a substitute
/// for it.
public struct StoufferCombination: Hashable, Codable, Sendable {
  public let z: Double
  /// Combined p, one-sided like those given.
  public let p: Double

  /// - Parameters:
  ///   - pValues: All for the same side, above 0; at least one. A p of exactly 1, as a Monte Carlo test gives for the
  ///     smallest of all draws, makes the combined p 1; mid-p values avoid it.
  ///   - weights: One per p-value, not negative and not all 0; equal by default.
  public init(_ pValues: [Double], weights: [Double]? = nil) {
    let weights = weights ?? [Double](repeating: 1, count: pValues.count)
    precondition(!pValues.isEmpty, "a combination needs at least one p-value")
    precondition(pValues.allSatisfy { 0 < $0 && $0 <= 1 }, "a p-value to combine lies above 0 and up to 1")
    precondition(
      weights.count == pValues.count, "\(pValues.count) p-values have as many weights, got \(weights.count)")
    precondition(
      weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 },
      "weights are finite, not negative and not all 0")
    let used = zip(pValues, weights).filter { $0.1 > 0 }
    let sum = used.reduce(0) { $0 - $1.1 * NormalDistribution.quantile($1.0) }
    z = sum / used.reduce(0) { $0 + $1.1 * $1.1 }.squareRoot()
    p = NormalDistribution.cumulative(-z)
  }
}
