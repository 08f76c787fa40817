import Adversarial
import Figures
import Lab
import Tensors

/// The results of `intrigue poison collision` in words.
struct CollisionFindings {
  typealias Attack = CollisionExperiment.Attack
  typealias Pair = CollisionExperiment.Pair

  let results: CollisionExperiment.Results

  var sentences: [String] {
    let attacks = results.attacks
    guard !attacks.isEmpty else {
      return ["No target could be attacked: the victim without poison misclassifies all of them."]
    }
    return [
      "The target is predicted as the base class in \(rate { $0.success }), with \(results.poisonWords), vs "
        + "\(rate { $0.controlSuccess }), with the starting images instead.",
      defence,
      "\(results.victimWords); \(results.poisonWords) for each target; β = \(Numbers.threeDigits(results.similarity)).",
      "Median distance from the target's features: starting images \(median(\.startDistance)), poisons "
        + "\(median(\.featureDistance)), nearest training image of the base class \(median(\.nearestBase)). The poisons are "
        + "closer than that image in \(attacks.count { $0.featureDistance < $0.nearestBase }) of \(attacks.count) attacks.",
      "Median ℓ2 distance of a poison in pixels: \(median(\.baseDistance)) from its base image, whose label it keeps, "
        + "\(median(\.targetDistance)) from the target. It is closer to its base image in "
        + "\(attacks.count { $0.baseDistance < $0.targetDistance }) of \(attacks.count) attacks.",
      "Held-out error of the victim: \(error { $0.error }) with poisons vs \(cleanError(\.cleanError)) without\(victims).",
      "Cost of the neighbour check: without poison it removes \(cleanRemoved.counted) clean images, and the error is "
        + "\(cleanError(\.cleanCheckedError)) with the check vs \(cleanError(\.cleanError)) without.",
      "One clean network underlies all attacks: the intervals are over pairs of classes and do not cover other networks.",
    ]
  }

  private var defence: String {
    let attacks = results.attacks
    func sum(_ count: (Attack) -> Int) -> Int { attacks.reduce(0) { $0 + count($1) } }
    let poisons = attacks.count * results.poisonCount
    let classless = attacks.count { $0.removedClass != nil }
    return
      "The neighbour check (k = \(results.neighbourCount)) removes \(counted(sum(\.removedPoisons), of: poisons)) poisons and "
      + "\(counted(sum(\.removedClean), of: sum(\.trainingCount) - poisons)) clean images, summed over all attacks; after it the "
      + "target is predicted as the base class in \(rate { $0.checkedSuccess })"
      + (classless == 0
        ? "."
        : ". In \(classless) of \(attacks.count) attacks the check removes a whole class; these are left out here.")
  }

  /// Columns for the terminal.
  var listing: [[String]] {
    guard !results.attacks.isEmpty else { return [] }
    func row(_ name: String, _ isHit: (Attack) -> Bool?, _ error: String) -> [String] {
      let hits = Proportion.hits(results.attacks, isHit)
      return [name, "\(hits.count) of \(hits.total)", mean(results.shares(isHit)), error]
    }
    return [
      ["added to the training images", "target as base class", "mean over pairs", "held-out error"],
      row("poisons", { $0.success }, error { $0.error }),
      row("starting images instead", { $0.controlSuccess }, "–"),
      row("poisons, after the check", { $0.checkedSuccess }, error { $0.checkedError }),
      ["nothing", "–", "–", cleanError(\.cleanError)],
      ["nothing, after the check", "–", "–", cleanError(\.cleanCheckedError)],
    ]
  }

  // MARK: Numbers

  private var attacked: [Pair] { results.pairs.filter { !$0.attacks.isEmpty } }

  private func mean(_ values: [Double]) -> String { MeanWithInterval(values)?.percent ?? "undefined" }

  private func median(_ value: (Attack) -> Double) -> String {
    Statistics.median(results.attacks.map(value)).map(Numbers.threeDigits) ?? "undefined"
  }

  /// `38 of 50 attacks, mean over 10 pairs of classes 76.0 % [58.4, 93.6]`
  private func rate(_ isHit: (Attack) -> Bool?) -> String {
    let hits = Proportion.hits(results.attacks, isHit)
    let shares = results.shares(isHit)
    let pairs = MeanSample(shares.count, "pair of classes", "pairs of classes")
    return "\(hits.count) of \(hits.total) attacks"
      + (shares.isEmpty ? "" : ", mean over \(pairs.counted) \(mean(shares))")
  }

  /// The mean over pairs of the mean error of each pair's attacks: attacks on one pair share their victim's images.
  private func error(_ error: (Attack) -> Proportion?) -> String {
    mean(
      attacked.compactMap { pair in
        MeanWithInterval(pair.attacks.compactMap { error($0)?.value })?.mean
      })
  }

  private var isEndToEnd: Bool { if case .endToEnd = results.victim { true } else { false } }

  private var victims: String { isEndToEnd ? ", a single victim for all pairs" : "" }

  /// The error of victims without poison: the mean over pairs, or for end-to-end victims that of the only one.
  private func cleanError(_ error: (Pair) -> Proportion?) -> String {
    isEndToEnd
      ? attacked.first.flatMap(error)?.counted ?? "undefined" : mean(attacked.compactMap { error($0)?.value })
  }

  private var cleanRemoved: Proportion {
    if isEndToEnd, let first = attacked.first { return first.cleanRemoved }
    return Proportion(
      attacked.reduce(0) { $0 + $1.cleanRemoved.count }, of: attacked.reduce(0) { $0 + $1.cleanRemoved.total }
    )
  }

  /// A count with its share, if the record's numbers fit together.
  private func counted(_ count: Int, of total: Int) -> String {
    count >= 0 && count <= total ? Proportion(count, of: total).counted : "\(count) of \(total)"
  }
}
