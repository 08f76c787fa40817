import Datasets
import Figures
import Foundation
import Tensors

/// What was found, in sentences that state their denominators.
struct PatternWords {
  let configuration: PatternExperiment.Configuration
  let results: PatternExperiment.Results
  let images: LabelledImages

  var sentences: [String] { results.goals.flatMap(sentences) + universalSentences }

  private func sentences(of goal: PatternExperiment.GoalResults) -> [String] {
    let name = goal.goal.rawValue
    let l2 = goal.medianL2.map { ", median L2 \(Numbers.threeDigits($0))" } ?? ""
    let shares = goal.componentShares.map {
      "\($0.components): \(Numbers.percent($0.perturbations)) (noise \(Numbers.percent($0.noise)))"
    }
    let frequencies = ["perturbations", "images", "noise"].map { of in
      "\(of) \(Numbers.threeDigits(goal.meanFrequencies[of] ?? 0)) and \(Numbers.percent(goal.coarseShares[of] ?? 0))"
    }
    let cosines = goal.cosines.map { "\(Self.name($0.kind)) \(Self.text($0))" }
    let chance = goal.noiseCosines.map { "\(Self.name($0.kind)) \(Self.signed($0.cosine.mean))" }
    return [
      "\(name): \(goal.success.count) of \(goal.success.total) attacked images fooled\(l2); \(goal.pairs.count) of "
        + "\(goal.pairs.total) pairs of classes occur",
      "\(name): share of \(goal.success.count) unit perturbations in the first principal directions: "
        + shares.joined(separator: ", "),
      "\(name): mean frequency in waves across the image, and power in the lowest quarter of the rings: "
        + frequencies.joined(separator: "; "),
      "\(name): mean cosine between two images' perturbations (95 % interval): "
        + cosines.joined(separator: "; "),
      "\(name): the same of noise: " + chance.joined(separator: "; "),
    ]
  }

  private var universalSentences: [String] {
    let made = results.universal
    let best = made.takenFor.indices.max { (made.takenFor[$0], $1) < (made.takenFor[$1], $0) } ?? 0
    return [
      "universal perturbation, \(made.norm) ≤ \(Numbers.plain(made.radius)), \(made.passCount) passes: fools "
        + "\(Self.of(made.fooledHeldOut)) of held-out images, \(Self.of(made.fooledOwn)) of those it was made from; noise of "
        + "that norm, \(made.noiseDraws) draws: \(Self.of(made.fooledByNoise))",
      "of the fooled held-out images \(made.takenFor[best]) of \(made.fooledHeldOut.count) are taken for "
        + images.classNames[best],
    ]
  }

  static func name(_ kind: PairKind) -> String {
    switch kind {
    case .sameBoth: "same true and predicted class"
    case .sameTrue: "same true class only"
    case .samePredicted: "same predicted class only"
    case .swapped: "classes swapped"
    case .different: "neither"
    }
  }

  static func text(_ summary: CosineSummary) -> String {
    let range = summary.cosine.range.map { " (\(signed($0.lowerBound))–\(signed($0.upperBound)))" } ?? ""
    return "\(signed(summary.cosine.mean))\(range), \(summary.pairCount) pairs"
  }

  static func signed(_ value: Double) -> String { String(format: "%.3f", value).replacing("-", with: "−") }

  static func of(_ proportion: Proportion) -> String {
    "\(proportion.count) of \(proportion.total) (\(Numbers.percent(proportion.value ?? 0)))"
  }
}
