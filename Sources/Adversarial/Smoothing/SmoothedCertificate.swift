import Inference
import Tensors

/// A radius within which no perturbation changes the smoothed classifier's prediction, except with probability α.
///
///     c      the class predicted most often in n₀ draws: selection
///     p_A    Clopper–Pearson's lower bound, one-sided at 1 − α, of P(f(x + noise) = c) from n other draws: estimation
///     R      σ Φ⁻¹(p_A) if p_A > ½; otherwise abstain
///
/// Cohen, Rosenfeld, Kolter (2019), CERTIFY and theorem 1 with p_B = 1 − p_A. <https://arxiv.org/abs/1902.02918>
///
/// It holds for the classifier defined by the full noise distribution, in L2 and in all of space, not only the box of
/// pixels; not for the votes of a few draws. It assumes real numbers instead of Floats, and independent normal draws
/// instead of a generator's.
public struct SmoothedCertificate: Equatable, Codable, Sendable {
  /// c
  public let leading: Int
  /// Number of estimation draws predicted as each class; they sum to n.
  public let counts: [Int]
  /// p_A
  public let lowerBound: Double
  /// R in L2, in units of pixels, not negative; nil: abstained.
  public let radius: Double?

  /// - Parameters:
  ///   - selection: Number of the n₀ draws predicted as each class.
  ///   - estimation: The same for n further draws.
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

  /// Estimation draws predicted as ``leading``.
  public var agreed: Proportion { Proportion(counts[leading], of: counts.reduce(0, +)) }

  /// The certified class; nil: abstained.
  public var label: Int? { radius == nil ? nil : leading }

  /// Whether the prediction is certified to be `label` for every image less than `distance` away.
  public func holds(_ label: Int, within distance: Double) -> Bool {
    guard let radius else { return false }
    return leading == label && radius > distance
  }

  /// The largest radius possible with `count` draws, all of them agreeing: σ Φ⁻¹(α^{1/n}).
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
