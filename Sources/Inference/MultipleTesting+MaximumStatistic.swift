extension MultipleTesting {
  /// Adjustment by the largest statistic of each rotation (single-step max-T): below α with probability at most α for
  /// *any* of the units if none is special, however they depend on each other.
  ///
  ///     p̃ᵢ = (1 + #{b : max_j T_bj ≥ Tᵢ}) / (B + 1)
  ///
  /// Westfall and Young (1993), "Resampling-based multiple testing". A rotation turns the whole basis, so the
  /// maxima keep the dependence between directions; Holm's adjustment would have to assume the worst.
  ///
  /// - Parameters:
  ///   - statistics: Tᵢ of each unit, finite; large is extreme.
  ///   - maxima: For each rotation, the largest statistic among as many directions as there are units; at least
  ///     one, finite.
  /// - Returns: Adjusted p-values in the order given.
  public static func maximumStatistic(_ statistics: [Double], maxima: [Double]) -> [Double] {
    let null = NullDistribution(maxima)
    return statistics.map { null.test($0).upperP() }
  }
}
