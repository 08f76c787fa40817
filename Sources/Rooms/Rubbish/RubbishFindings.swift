import Adversarial
import Figures
import Foundation
import Lab
import Tensors

/// The findings of `intrigue rubbish` in sentences.
struct RubbishFindings {
  let configuration: RubbishExperiment.Configuration
  let results: RubbishExperiment.Results

  var sentences: [String] { [opening, confidence, classes, step, extremes].compactMap(\.self) + warnings }

  private var threshold: String { Numbers.plain(configuration.threshold) }

  private var opening: String {
    "The network accepts, that is, assigns to a class with probability above \(threshold) (\(results.scores.rawValue)), "
      + results.noise.accepted.share(of: "noise images N(0, I)", hasInterval: true) + " and "
      + results.clean.accepted.share(of: "clean held-out images", hasInterval: true) + "."
  }

  private var confidence: String {
    func words(_ response: RubbishClass) -> String {
      "\(Self.confidence(response.meanConfidence)) if accepted, \(Self.confidence(response.meanOverAll)) over all"
    }
    return
      "Mean confidence: noise images \(words(results.noise)); clean held-out images \(words(results.clean))."
  }

  /// The classes predicted most often for accepted noise, and those predicted never; nil if no noise is accepted.
  private var classes: String? {
    let counts = results.noise.acceptedByClass
    let total = results.noise.accepted.count
    guard total > 0 else { return nil }
    let most = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }.prefix(3).filter {
      counts[$0] > 0
    }
    .map {
      "\(results.classNames[$0]) with \(Numbers.percent(Double(counts[$0]) / Double(total))) (\(Numbers.grouped(counts[$0])))"
    }
    let none = counts.indices.filter { counts[$0] == 0 }.map { results.classNames[$0] }
    return "Most frequent predictions for the \(Numbers.grouped(total)) accepted noise images: "
      + most.joined(separator: ", ")
      + (none.isEmpty ? "; every class is predicted." : "; never predicted: \(none.joined(separator: ", ")).")
  }

  private var step: String {
    let outcomes = results.fooling.outcomes
    func sum(_ proportion: (FoolingImages.Outcome) -> Proportion) -> Proportion {
      Proportion(
        outcomes.map { proportion($0).count }.reduce(0, +),
        of: outcomes.map { proportion($0).total }.reduce(0, +))
    }
    return
      "One gradient step of ‖r‖∞ = \(Numbers.plain(configuration.epsilon)) towards each class, from "
      + "\(Numbers.grouped(configuration.foolingCount)) noise images: the class reaches probability \(threshold) in "
      + "\(sum(\.fooled).share(of: "steps")), compared with \(sum(\.before).share()) before the step; of those below "
      + "\(threshold) before, \(sum(\.gained).share()) reach it."
  }

  /// The classes that most and fewest noise images reach; nil if all are reached alike.
  private var extremes: String? {
    let outcomes = results.fooling.outcomes
    let shares = outcomes.map { $0.fooled.value ?? 0 }
    guard let best = shares.indices.max(by: { (shares[$0], $1) < (shares[$1], $0) }),
      let worst = shares.indices.min(by: { (shares[$0], $0) < (shares[$1], $1) }),
      shares[best] > shares[worst]
    else { return nil }
    func words(_ label: Int) -> String {
      "\(results.classNames[label]), reached by \(outcomes[label].fooled.share(of: "noise images", hasInterval: true)), "
        + "\(Numbers.grouped(outcomes[label].before.count)) before the step"
    }
    return "Easiest class: \(words(best)). Hardest class: \(words(worst))."
  }

  private var warnings: [String] {
    let steps = results.fooling.outcomes.map(\.zeroGradientCount).reduce(0, +)
    let clean = results.clean.accepted
    return
      (clean.count == 0 && clean.total > 0
      ? ["No clean held-out image is accepted either, so rejected noise is not evidence of robustness."] : [])
      + (steps > 0
        ? ["\(Numbers.grouped(steps)) steps changed nothing because the gradient was zero in every pixel."]
        : [])
  }

  private static func confidence(_ value: Double?) -> String { value.map(probability) ?? "undefined" }

  /// `0.926`, `>0.999`, `2e−6`. Only 1 itself is printed as 1, and only 0 as 0.
  static func probability(_ value: Double) -> String {
    if value == 0 || value == 1 { return "\(Int(value))" }
    if value > 0.9995 { return ">0.999" }
    if value >= 0.0005 { return String(format: "%.3f", value) }
    let parts = String(format: "%.0e", value).split(separator: "e")
    return "\(parts[0])e\(parts.last.flatMap { Int($0) } ?? 0)".replacing("-", with: "−")
  }
}
