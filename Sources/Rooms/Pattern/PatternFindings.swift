import Adversarial
import Datasets
import Figures
import Foundation
import Lab
import Tensors

/// The findings of `intrigue pattern`: sentences, and the tables between them.
struct PatternFindings {
  typealias GoalResults = PatternExperiment.GoalResults

  let configuration: PatternExperiment.Configuration
  let results: PatternExperiment.Results
  let images: LabelledImages

  var sentences: [String] { [opening].compactMap(\.self) + results.goals.map(success) + universal }

  // MARK: Sentences

  private var opening: String? {
    guard let goal = results.goals.first else { return nil }
    let cosine = goal.cosines.first { $0.kind == .sameBoth }.map { summary in
      let noise = goal.noiseCosines.first { $0.kind == .sameBoth }
      return
        "Mean cosine between the perturbations of two images with the same true and predicted class: "
        + Self.mean(summary)
        + (noise.map { " (noise of the same norms: \(Self.signed($0.cosine.mean)))" } ?? "") + ". "
    }
    let share = (goal.componentShares.first { $0.components == 10 } ?? goal.componentShares.last).map {
      "The first \($0.components) of \(images.shape.pixelCount) principal directions hold "
        + "\(Numbers.percent($0.perturbations)) of the squared length of the perturbations (noise: "
        + "\(Numbers.percent($0.noise))). "
    }
    return "\(cosine ?? "")\(share ?? "")Attack: \(goal.goal.rawValue) \(configuration.method.words)."
  }

  private func success(_ goal: GoalResults) -> String {
    let median = goal.medianL2.map { ", median ℓ2 norm \(Numbers.threeDigits($0))" } ?? ""
    return
      "\(goal.goal.rawValue.capitalized) \(configuration.method.words): success rate "
      + "\(goal.success.share(of: "attacked images"))\(median); \(Numbers.grouped(goal.pairs.count)) of "
      + "\(Numbers.grouped(goal.pairs.total)) pairs of true and predicted class occur."
  }

  private var universal: [String] {
    let made = results.universal
    let best = made.takenFor.indices.max { (made.takenFor[$0], $1) < (made.takenFor[$1], $0) } ?? 0
    return [
      "Universal perturbation, \(Self.budget(made)), \(made.passCount) \(made.passCount == 1 ? "pass" : "passes"): fooling "
        + "rate \(made.fooledHeldOut.share(of: "held-out images")), and "
        + "\(made.fooledOwn.share(of: "training images that it was computed from")). Noise of the same norm: "
        + "\(made.fooledByNoise.share(of: "held-out images over \(made.noiseDraws) draws")).",
      "Most frequent prediction for the fooled held-out images: \(images.classNames[best]), "
        + "\(Proportion(made.takenFor[best], of: made.fooledHeldOut.count).share()).",
    ]
  }

  /// `ℓ∞ ≤ 0.3`
  static func budget(_ made: PatternExperiment.UniversalResults) -> String {
    "\(made.norm == .linf ? "ℓ∞" : "ℓ2") ≤ \(Numbers.plain(made.radius))"
  }

  // MARK: Listing

  var listing: [String] {
    let cosines = results.goals.flatMap { goal in
      goal.cosines.map { summary in
        let noise = goal.noiseCosines.first { $0.kind == summary.kind }
        return [
          goal.goal.rawValue, summary.kind.words, Numbers.grouped(summary.pairCount), Self.mean(summary),
          noise.map { Self.signed($0.cosine.mean) } ?? "–",
        ]
      }
    }
    let shares = results.goals.flatMap { goal in
      goal.componentShares.map {
        [
          goal.goal.rawValue, "\($0.components)", Numbers.percent($0.perturbations),
          Numbers.percent($0.noise),
        ]
      }
    }
    let spectra = results.goals.flatMap { goal in
      ["perturbations", "images", "noise"].map {
        [
          goal.goal.rawValue, $0, Numbers.threeDigits(goal.meanFrequencies[$0] ?? 0),
          Numbers.percent(goal.coarseShares[$0] ?? 0),
        ]
      }
    }
    return
      ["Mean cosine between the perturbations of two images [95 % interval over images]"]
      + TextTable.lines(
        [["goal", "classes of the two images", "pairs", "mean cosine", "noise"]] + cosines,
        textColumns: [0, 1])
      + ["", "Share of the squared length of unit perturbations in the first k principal directions"]
      + TextTable.lines([["goal", "k", "perturbations", "noise"]] + shares)
      + [
        "",
        "Power spectrum: mean frequency in waves across the image, power in the lowest quarter of the rings",
      ]
      + TextTable.lines([["goal", "spectrum", "frequency", "power"]] + spectra, textColumns: [0, 1])
  }

  // MARK: Numbers

  /// `0.636 [0.629, 0.643]`
  private static func mean(_ summary: CosineSummary) -> String {
    signed(summary.cosine.mean)
      + (summary.cosine.range.map { " [\(signed($0.lowerBound)), \(signed($0.upperBound))]" } ?? "")
  }

  private static func signed(_ value: Double) -> String {
    String(format: "%.3f", value).replacing("-", with: "−")
  }
}

extension PatternExperiment.Method {
  /// The name of the attack with its norm; its budget is unlimited.
  var words: String {
    switch self {
    case .ddn: "DDN (minimum ℓ2 norm)"
    case .lbfgs: "L-BFGS (minimum ℓ2 norm)"
    }
  }
}

extension PairKind {
  var words: String {
    switch self {
    case .sameBoth: "same true and predicted class"
    case .sameTrue: "same true class only"
    case .samePredicted: "same predicted class only"
    case .swapped: "true and predicted class swapped"
    case .different: "neither"
    }
  }
}
