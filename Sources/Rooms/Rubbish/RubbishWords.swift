import Adversarial
import Figures
import Foundation
import Tensors

/// What was found, in sentences that state their denominators.
struct RubbishWords {
  let configuration: RubbishExperiment.Configuration
  let results: RubbishExperiment.Results

  var sentences: [String] {
    let threshold = Numbers.plain(configuration.threshold)
    let clean = results.clean
    return [
      "noise N(0, I): \(Self.of(results.noise.accepted)) accepted, that is with a largest probability above \(threshold) "
        + "(\(results.scores.rawValue)); mean confidence of these \(Self.confidence(results.noise.meanConfidence)), of all "
        + Self.confidence(results.noise.meanOverAll),
      skew,
      "clean held-out images: \(Self.of(clean.accepted)) accepted; mean confidence of these "
        + "\(Self.confidence(clean.meanConfidence)), of all \(Self.confidence(clean.meanOverAll))",
      foolingSentence, extremes,
    ].compactMap(\.self) + warnings
  }

  /// Which classes accept most and which nothing.
  private var skew: String? {
    let counts = results.noise.acceptedByClass
    let total = results.noise.accepted.count
    guard total > 0 else { return nil }
    let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    let most = order.prefix(3).filter { counts[$0] > 0 }.map {
      "\(results.classNames[$0]) \(Self.share(counts[$0], of: total))"
    }
    let none = counts.indices.filter { counts[$0] == 0 }.map { results.classNames[$0] }
    return "of \(total) accepted noise images most are taken for \(most.joined(separator: ", "))"
      + (none.isEmpty ? "; every class has some" : "; for \(none.joined(separator: ", ")) none")
  }

  private var foolingSentence: String {
    let outcomes = results.fooling.outcomes
    func sum(_ proportion: (FoolingImages.Outcome) -> Proportion) -> Proportion {
      Proportion(
        outcomes.map { proportion($0).count }.reduce(0, +),
        of: outcomes.map { proportion($0).total }.reduce(0, +))
    }
    return "one step of ε = \(Numbers.plain(configuration.epsilon)) towards each class, "
      + "\(configuration.foolingCount) noise images: probability at least "
      + "\(Numbers.plain(configuration.threshold)) in \(sum(\.fooled).counted) cases, before the step in "
      + "\(sum(\.before).count); of those that were below it \(sum(\.gained).counted) got there"
  }

  private var extremes: String? {
    let shares = results.fooling.outcomes.map { $0.fooled.value ?? 0 }
    guard let best = shares.indices.max(by: { (shares[$0], $1) < (shares[$1], $0) }),
      let worst = shares.indices.min(by: { (shares[$0], $0) < (shares[$1], $1) }),
      shares[best] > shares[worst]
    else { return nil }
    func text(_ label: Int) -> String {
      let outcome = results.fooling.outcomes[label]
      return "\(results.classNames[label]), \(Self.of(outcome.fooled)), \(outcome.before.count) before"
    }
    return "easiest class: \(text(best)); hardest: \(text(worst))"
  }

  private var warnings: [String] {
    let count = results.fooling.outcomes.map(\.zeroGradientCount).reduce(0, +)
    return
      (results.clean.accepted.count == 0 && results.clean.accepted.total > 0
      ? ["no clean image is accepted either, so noise that is refused tells nothing"] : [])
      + (count > 0 ? ["\(count) steps went nowhere: the gradient was zero in every pixel"] : [])
  }

  /// With Wilson's interval.
  static func of(_ proportion: Proportion) -> String {
    guard let value = proportion.value, let interval = proportion.interval95 else {
      return proportion.counted
    }
    return "\(proportion.count) of \(proportion.total) (\(Numbers.percent(value)), 95 % interval "
      + "\(Numbers.percent(interval.lowerBound)) to \(Numbers.percent(interval.upperBound)))"
  }

  static func confidence(_ value: Double?) -> String { value.map(probability) ?? "undefined" }

  /// `0.926`, `>0.999`, `2e−6`. No probability but 1 itself is printed as 1, none but 0 as 0.
  static func probability(_ value: Double) -> String {
    if value == 0 || value == 1 { return "\(Int(value))" }
    if value > 0.9995 { return ">0.999" }
    if value >= 0.0005 { return String(format: "%.3f", value) }
    let parts = String(format: "%.0e", value).split(separator: "e")
    return "\(parts[0])e\(parts.last.flatMap { Int($0) } ?? 0)".replacing("-", with: "−")
  }

  private static func share(_ count: Int, of total: Int) -> String {
    "(\(count), \(Numbers.percent(Double(count) / Double(total))))"
  }
}
