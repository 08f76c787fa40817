import CStatistics
import Tensors

extension Proportion {
  /// One-sided lower bound of Clopper and Pearson (1934): below the true proportion with probability at least `level`,
  /// for any proportion.
  ///
  ///     bound = B⁻¹(1 − level; k, n − k + 1);   (1 − level)^{1/n} where k = n, 0 where k = 0
  ///
  /// with B⁻¹ the quantile of the beta distribution. Higher than the lower end of ``exactInterval(level:)``, which
  /// spends half of α on the other side.
  ///
  /// - Returns: 0 if the total is 0: without draws nothing is known.
  public func exactLowerBound(doubt alpha: Double) -> Double {
    precondition(0 < alpha && alpha < 1, "a doubt lies between 0 and 1, got \(alpha)")
    return count == 0 ? 0 : CStatisticsBetaQuantile(alpha, Double(count), Double(total - count + 1))
  }
}
