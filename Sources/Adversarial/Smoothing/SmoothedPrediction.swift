import Inference
import Tensors

/// What a smoothed classifier answers, from how often each class was named: the leading class, or nothing where the
/// second may as well be first.
///
///     p = P(|X − N/2| ≥ |n_A − N/2|),   X ~ Binomial(N, ½),   N = n_A + n_B;   answered where p ≤ α
///
/// n_A and n_B are the two largest counts. With probability 1 − α at least the answer is the smoothed classifier's, or
/// there is none. Cohen, Rosenfeld, Kolter (2019), PREDICT, after Hung and Fithian (2019).
/// <https://arxiv.org/abs/1902.02918>
public struct SmoothedPrediction: Equatable, Codable, Sendable {
  /// The class named most often, the lowest of several.
  public let leading: Int
  /// Of the two-sided test.
  public let p: Double
  /// Whether p is too large for an answer.
  public let isAbstained: Bool

  /// - Parameters:
  ///   - counts: How many noisy copies were taken for each class, at least two classes.
  ///   - alpha: α
  public init(counts: [Int], alpha: Double) {
    precondition(counts.count >= 2, "there are two classes at least, got \(counts.count)")
    precondition(counts.allSatisfy { $0 >= 0 }, "counts are not negative, got \(counts)")
    precondition(0 < alpha && alpha < 1, "a level of doubt lies between 0 and 1, got \(alpha)")
    let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    let (first, second) = (counts[order[0]], counts[order[1]])
    leading = order[0]
    // The tails of a fair coin are equal: P(X ≥ n_A) = P(X ≤ n_B).
    p =
      first == second
      ? 1 : 2 * BinomialDistribution(trialCount: first + second, probability: 0.5).cumulative(second)
    isAbstained = p > alpha
  }

  /// The answer; nil: none.
  public var label: Int? { isAbstained ? nil : leading }
}

extension SmoothedPrediction: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(p, "p")
    try require(leading >= 0, "leading", "a class is counted from 0, found \(leading)")
  }
}
