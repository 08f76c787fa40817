import Foundation

/// Number of marked items among `drawCount` items drawn without replacement.
///
///     P(j) = C(K, j) C(N − K, n − j) / C(N, n)
struct Hypergeometric {
  /// N.
  let population: Int
  /// K.
  let markedCount: Int
  /// n.
  let drawCount: Int

  /// The possible counts.
  var support: ClosedRange<Int> {
    max(0, drawCount - (population - markedCount))...min(drawCount, markedCount)
  }

  func probability(of count: Int) -> Double {
    guard support.contains(count) else { return 0 }
    return exp(
      Self.logBinomial(markedCount, count) + Self.logBinomial(population - markedCount, drawCount - count)
        - Self.logBinomial(population, drawCount))
  }

  func expectation(of value: (Int) -> Double) -> Double {
    support.reduce(0) { $0 + probability(of: $1) * value($1) }
  }

  /// ln C(n, k).
  private static func logBinomial(_ n: Int, _ k: Int) -> Double {
    lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
  }
}
