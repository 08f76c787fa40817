extension MultipleTesting {
  /// Holm's step-down adjustment: below α with probability at most α for *any* true null hypothesis of the family.
  ///
  ///     p̃₍ᵢ₎ = max_{j ≤ i} min(1, (n − j + 1) p₍ⱼ₎)          p₍₁₎ ≤ … ≤ p₍ₙ₎
  ///
  /// Holm (1979), "A simple sequentially rejective multiple test procedure". It holds under every dependence.
  ///
  /// - Returns: Adjusted p-values in the order given.
  public static func holm(_ pValues: [Double]) -> [Double] {
    check(pValues)
    var adjusted = pValues
    var largest = 0.0
    for (rank, index) in ascendingOrder(pValues).enumerated() {
      largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
