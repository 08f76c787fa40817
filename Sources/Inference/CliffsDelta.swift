import Tensors

/// How much more often a value of one group exceeds a value of the other than falls below it.
///
///     δ = P(x > y) − P(x < y)          over all pairs; 1: every x above every y, 0: above as often as below
///
/// Cliff (1993), "Dominance statistics". It assumes no scale and no shape of the distributions, and measures how far
/// two groups of directions overlap, not whether their difference is significant.
public struct CliffsDelta: Hashable, Codable, Sendable {
  /// The conventional words: Romano, Kromrey, Coraggio, Skowronek (2006).
  public enum Size: String, CaseIterable, Codable, Sendable {
    /// |δ| < 0.147
    case negligible
    /// |δ| < 0.33
    case small
    /// |δ| < 0.474
    case medium
    case large
  }

  /// δ in [−1, 1].
  public let value: Double

  /// - Parameters:
  ///   - first: Such as κ of each neuron; at least one, without NaN.
  ///   - second: Such as κ of each random direction; at least one, without NaN.
  public init(of first: [Double], over second: [Double]) {
    precondition(!first.isEmpty && !second.isEmpty, "Cliff's delta compares two groups, neither empty")
    precondition(
      first.allSatisfy { !$0.isNaN } && second.allSatisfy { !$0.isNaN }, "Cliff's delta compares numbers")
    let sorted = second.sorted()
    let dominance = first.reduce(0) { sum, value in
      let below = sorted.partition { $0 >= value }
      let above = sorted.count - sorted.partition { $0 > value }
      return sum + below - above
    }
    value = Double(dominance) / (Double(first.count) * Double(second.count))
  }

  public var size: Size {
    switch abs(value) {
    case ..<0.147: .negligible
    case ..<0.33: .small
    case ..<0.474: .medium
    default: .large
    }
  }
}

extension CliffsDelta: Checked {
  public func check() throws(CheckFailure) {
    try require(abs(value) <= 1, "value", "expected a number from −1 to 1, found \(value)")
  }
}
