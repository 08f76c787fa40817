extension MultipleTesting {
  /// Benjamini and Hochberg's adjustment: among the tests with adjusted p at most q, a fraction q is expected to be
  /// false.
  ///
  ///     p̃₍ᵢ₎ = min_{j ≥ i} min(1, n p₍ⱼ₎ / j)          p₍₁₎ ≤ … ≤ p₍ₙ₎
  ///
  /// Benjamini and Hochberg (1995), "Controlling the false discovery rate". It holds for independent tests and for
  /// positive regression dependence (Benjamini and Yekutieli 2001).
  ///
  /// - Returns: Adjusted p-values in the order given.
  public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
    check(pValues)
    var adjusted = pValues
    var smallest = 1.0
    for (rank, index) in ascendingOrder(pValues).enumerated().reversed() {
      // The ratio is exactly 1 for the last, so that no rounding puts an adjusted p below its own.
      smallest = min(smallest, pValues[index] * (Double(pValues.count) / Double(rank + 1)))
      adjusted[index] = smallest
    }
    return adjusted
  }
}
