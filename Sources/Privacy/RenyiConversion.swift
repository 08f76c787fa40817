import Foundation

/// How a Rényi divergence ρ of order α is converted to an ε for a given δ.
public enum RenyiConversion: String, CaseIterable, Codable, Sendable {
  /// ε = ρ + log(1/δ) / (α − 1)
  ///
  /// Mironov (2017), proposition 3, and the moments accountant of Abadi et al. (2016), theorem 2.
  /// <https://arxiv.org/abs/1702.07476>
  case classic
  /// ε = ρ + log((α − 1) / α) − (log δ + log α) / (α − 1)
  ///
  /// Balle, Barthe, Gaboardi, Hsu, Sato (2020), theorem 21; Canonne, Kamath, Steinke (2020), proposition 12. Never above
  /// the classic one. <https://arxiv.org/abs/1905.09982> <https://arxiv.org/abs/2004.00010>
  case improved

  /// - Returns: Not below 0: (ε, δ)-privacy with a negative ε implies it with ε = 0.
  public func epsilon(order: Double, divergence: Double, delta: Double) -> Double {
    let classic = divergence - log(delta) / (order - 1)
    switch self {
    case .classic: return classic
    case .improved: return max(0, classic + log1p(-1 / order) - log(order) / (order - 1))
    }
  }

  /// By how much ε can lie below ρ at orders of 2 and more. With s = α − 1 the improved conversion subtracts log(1 +
  /// 1/s) + log(1 + s) / s, two terms of at most log 2 each.
  static let mostTakenOff = 2 * log(2.0)
}

/// The (ε, δ)-differential-privacy guarantee of each example: the result reveals little more about it than without it.
///
///     P(result ∈ S | with the example) ≤ exp(ε) P(result ∈ S | without it) + δ, and vice versa
public struct PrivacyGuarantee: Hashable, Codable, Sendable {
  /// ∞ if nothing is guaranteed.
  public let epsilon: Double
  public let delta: Double
  /// The α that gave ε; nil where no order was needed or none gives a finite one.
  public let order: Double?

  public init(epsilon: Double, delta: Double, order: Double?) {
    (self.epsilon, self.delta, self.order) = (epsilon, delta, order)
  }

  /// The largest advantage of any membership test: true positive rate minus false positive rate.
  ///
  ///     (exp(ε) − 1 + 2δ) / (exp(ε) + 1)
  ///
  /// The largest TPR − FPR with TPR ≤ exp(ε) FPR + δ and 1 − FPR ≤ exp(ε) (1 − TPR) + δ: where both
  /// are equalities.
  /// Kairouz, Oh, Viswanath (2015), theorem 2.1; Humphries et al. (2020). <https://arxiv.org/abs/1311.0776>
  public var membershipAdvantageBound: Double {
    guard epsilon < .infinity else { return 1 }
    return min(1, (-expm1(-epsilon) + 2 * delta * exp(-epsilon)) / (1 + exp(-epsilon)))
  }
}
