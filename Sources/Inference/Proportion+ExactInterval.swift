import CStatistics
import Tensors

extension Proportion {
  /// Exact interval of Clopper and Pearson (1934).
  ///
  ///     lower = B⁻¹(α/2; k, n − k + 1),   upper = B⁻¹(1 − α/2; k + 1, n − k),   α = 1 − level
  ///
  /// with B⁻¹ the quantile of the beta distribution; 0 and n give the ends 0 and 1. Its coverage is at least `level`,
  /// and higher for small n: for a figure use Wilson's ``interval95``, for a guarantee this one.
  ///
  /// - Returns: `nil` when the total is 0.
  public func exactInterval(level: Double = 0.95) -> ConfidenceInterval? {
    precondition(0 < level && level < 1, "a level lies between 0 and 1, got \(level)")
    guard total > 0 else { return nil }
    let tail = (1 - level) / 2
    let (k, n) = (Double(count), Double(total))
    let lower = count == 0 ? 0 : CStatisticsBetaQuantile(tail, k, n - k + 1)
    let upper = count == total ? 1 : CStatisticsBetaQuantile(1 - tail, k + 1, n - k)
    return ConfidenceInterval(lower: lower, upper: upper, level: level)
  }
}
