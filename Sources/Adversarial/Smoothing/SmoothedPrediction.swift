import Inference
import Tensors

/// A smoothed classifier's prediction from the votes for each class: the leading class, or abstention if the lead is
/// not significant.
///
///     p = P(|X − N/2| ≥ |n_A − N/2|),   X ~ Binomial(N, ½),   N = n_A + n_B;   abstain if p > α
///
/// n_A and n_B are the two largest counts. With probability at least 1 − α the prediction is the smoothed classifier's,
/// or it abstains. Cohen, Rosenfeld, Kolter (2019), PREDICT, after Hung and Fithian (2019).
/// <https://arxiv.org/abs/1902.02918>
public struct SmoothedPrediction: Equatable, Codable, Sendable {
  /// The class with the most votes, the lowest index in a tie.
  public let leading: Int
  /// The p of the two-sided test.
  public let p: Double
  /// Whether p is too large for a prediction.
  public let isAbstained: Bool

  /// - Parameters:
  ///   - counts: Number of noisy copies predicted as each class, at least two classes.
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

  /// The predicted class; nil: abstained.
  public var label: Int? { isAbstained ? nil : leading }
}

extension SmoothedPrediction: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(p, "p")
    try require(leading >= 0, "leading", "a class is counted from 0, found \(leading)")
  }
}
