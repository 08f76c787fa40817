import Inference
import Tensors

/// A radius within which no perturbation changes what the smoothed classifier says, except with probability α.
///
///     c      the class named most often by n₀ draws: selection
///     p_A    Clopper–Pearson's lower bound, one-sided at 1 − α, of P(f(x + noise) = c) from n other draws: estimation
///     R      σ Φ⁻¹(p_A) where p_A > ½; nothing is said otherwise
///
/// Cohen, Rosenfeld, Kolter (2019), CERTIFY and theorem 1 with p_B = 1 − p_A. <https://arxiv.org/abs/1902.02918>
///
/// It holds for the classifier that all noise defines, in L2 and in all of space, the box of pixels included; not for
/// what a few draws answer. It takes real numbers for granted where a processor has Floats, and independent normal
/// draws where a program has a generator.
public struct SmoothedCertificate: Equatable, Codable, Sendable {
  /// c
  public let leading: Int
  /// How often each class was named in the estimation; they add up to n.
  public let counts: [Int]
  /// p_A
  public let lowerBound: Double
  /// R in L2, in units of pixels, not negative; nil: abstained.
  public let radius: Double?

  /// - Parameters:
  ///   - selection: How many of the n₀ draws were taken for each class.
  ///   - estimation: The same of n further draws.
  ///   - deviation: σ
  ///   - alpha: α
  public init(selection: [Int], estimation: [Int], deviation: Double, alpha: Double) {
    precondition(
      selection.count == estimation.count && !selection.isEmpty,
      "\(selection.count) classes were selected from, \(estimation.count) estimated")
    precondition(deviation > 0, "noise has a positive deviation, got \(deviation)")
    leading = selection.indices.reduce(0) { selection[$1] > selection[$0] ? $1 : $0 }
    counts = estimation
    let agreed = Proportion(estimation[leading], of: estimation.reduce(0, +))
    lowerBound = agreed.exactLowerBound(doubt: alpha)
    radius = lowerBound > 0.5 ? deviation * NormalDistribution.quantile(lowerBound) : nil
  }

  /// Draws of the estimation that were taken for ``leading``.
  public var agreed: Proportion { Proportion(counts[leading], of: counts.reduce(0, +)) }

  /// The class that is certified; nil: none.
  public var label: Int? { radius == nil ? nil : leading }

  /// Whether the answer is certified to be `label` for every image less than `distance` away.
  public func holds(_ label: Int, within distance: Double) -> Bool {
    guard let radius else { return false }
    return leading == label && radius > distance
  }

  /// The largest radius that `count` draws can give, all of them agreeing: σ Φ⁻¹(α^{1/n}).
  public static func largestRadius(deviation: Double, count: Int, alpha: Double) -> Double {
    let bound = Proportion(count, of: count).exactLowerBound(doubt: alpha)
    return bound > 0.5 ? deviation * NormalDistribution.quantile(bound) : 0
  }
}

extension SmoothedCertificate: Checked {
  public func check() throws(CheckFailure) {
    try requirePlace(leading, of: counts.count, "leading")
    try require(counts.allSatisfy { $0 >= 0 }, "counts", "a count is not negative")
    try requireShare(lowerBound, "lowerBound")
    try requireNotNegative(radius, "radius")
  }
}
