import Tensors

/// Membership inference by loss: an image is predicted to be in the training set if its loss is small.
///
///     member if L(x, y) ≤ τ,   advantage = true positive rate − false positive rate
///
/// Yeom, Giacomelli, Fredrikson, Jha (2018), with the threshold chosen freely instead of fixed at the mean training
/// loss. <https://arxiv.org/abs/1709.01604> The threshold with the largest advantage on one random half of members and
/// non-members is evaluated on the other half, and vice versa: on the half that chose it, chance alone would give an
/// advantage above 0. So every image is classified once, by a threshold chosen without it.
public struct MembershipAttack: Equatable, Codable, Sendable {
  /// τ chosen on the first half for the second, and on the second for the first; nil: no loss is small enough, so every
  /// image is predicted to be a non-member.
  public let thresholds: [Double?]
  /// Members predicted to be members.
  public let truePositives: Proportion
  /// Non-members predicted to be members.
  public let falsePositives: Proportion

  /// - Parameters:
  ///   - memberLosses: Losses of training images; at least two, none NaN.
  ///   - otherLosses: Losses of similar images not trained on; at least two, none NaN.
  ///   - seed: Seeds the split into halves.
  public init(memberLosses: [Double], otherLosses: [Double], seed: UInt64) {
    precondition(
      memberLosses.count >= 2 && otherLosses.count >= 2,
      "halves need two members and two others, got \(memberLosses.count) and \(otherLosses.count)")
    precondition(
      !(memberLosses + otherLosses).contains(where: \.isNaN), "a loss that is compared is a number")
    var generator = SeededGenerator(seed: seed, purpose: "halves of a membership attack")
    func halves(_ losses: [Double]) -> [[Double]] {
      let order = generator.permutation(losses.count)
      let middle = losses.count / 2
      return [order[..<middle].map { losses[$0] }, order[middle...].map { losses[$0] }]
    }
    let (members, others) = (halves(memberLosses), halves(otherLosses))
    let thresholds = (0..<2).map { Self.bestThreshold(members[$0], others[$0]) }
    func called(_ halves: [[Double]]) -> Proportion {
      Proportion(
        zip(halves.reversed(), thresholds).reduce(0) { sum, judged in
          sum + (judged.1.map { threshold in judged.0.count { $0 <= threshold } } ?? 0)
        }, of: halves[0].count + halves[1].count)
    }
    self.thresholds = thresholds
    truePositives = called(members)
    falsePositives = called(others)
  }

  /// Between −1 and 1; its expectation is 0 for a network that reveals nothing about its training images, except for
  /// 1/2n where the counts are odd and the halves therefore of unequal size.
  public var advantage: Double { truePositives.value! - falsePositives.value! }

  /// The loss with the largest advantage; the smallest of tied ones, and nil if none is above 0.
  static func bestThreshold(_ members: [Double], _ others: [Double]) -> Double? {
    let all = (members.map { ($0, true) } + others.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var (memberCount, otherCount) = (0, 0)
    var best: (advantage: Int, threshold: Double?) = (0, nil)  // times both counts, so that ties are exact
    for (place, (loss, isMember)) in all.enumerated() {
      if isMember { memberCount += 1 } else { otherCount += 1 }
      // Equal losses get the same prediction.
      if place + 1 < all.count, all[place + 1].0 == loss { continue }
      let advantage = memberCount * others.count - otherCount * members.count
      if advantage > best.advantage { best = (advantage, loss) }
    }
    return best.threshold
  }
}

extension MembershipAttack: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(truePositives.total, "truePositives")
    try requireSome(falsePositives.total, "falsePositives")
  }
}
