import Foundation
import Lab
import Privacy
import Tensors

/// What was found, in sentences.
package struct PrivacyWords {
  package let results: PrivacyResults

  package var sentences: [String] {
    results.epsilons.map(sentence) + [answer, membership] + caveats
  }

  /// Lines for a terminal: the table and the sentences.
  package var lines: [String] {
    [
      "\(results.architectureName) on \(results.dataName), \(results.networkCount) networks of each kind, seeds "
        + "\(results.seed) to \(results.seed &+ UInt64(results.networkCount - 1)); \(results.epochCount) "
        + "\(results.epochCount == 1 ? "epoch" : "epochs") of lots of \(results.lotSize), C = \(Self.number(results.clip, "%.4g")), δ = \(Self.number(results.delta, "%.4g"))",
      "",
    ] + TextTable.lines(table) + [
      "",
      "means over networks; accuracy of \(results.heldOutCount) held-out images; distance: median L2 of the smallest "
        + "perturbation found (DDN), of the images that are right among \(results.imageCount); robust: right and not fooled "
        + "within L2 \(Self.number(results.radius, "%.4g")), of all \(results.imageCount); advantage: true minus false "
        + "positive rate of the loss threshold attack, as many images of the training as held-out ones",
      "",
    ] + sentences
  }

  private var table: [[String]] {
    [["", "accuracy", "training", "distance", "robust", "advantage", "σ"]]
      + results.summaries.map { summary in
        [
          summary.arm.words, Self.percent(summary.accuracy), Self.percent(summary.trainingAccuracy),
          Self.text(summary.distance?.mean, "%.3f"), Self.percent(summary.robustAccuracy),
          Self.text(summary.advantage?.mean, "%.4f"),
          Self.text(results.networks.first { $0.arm == summary.arm }?.account?.noiseMultiplier, "%.3f"),
        ]
      }
  }

  private func sentence(_ epsilon: Double) -> String {
    let summary = results.summary(.epsilon(epsilon))
    func differences(_ words: (PrivacySummary.Differences?) -> String) -> String {
      "\(words(summary.fromPlain)) against the network that is not private, \(words(summary.fromClipped)) against the "
        + "clipped one without noise, \(words(summary.fromStopped)) against the one stopped at the same accuracy"
    }
    return "ε = \(PrivacyArm.text(epsilon)): accuracy \(Self.percent(summary.accuracy)) (stopped: "
      + "\(Self.percent(results.summary(.stopped(epsilon)).accuracy))). Median distance to the nearest adversarial image "
      + "\(Self.text(summary.distance?.mean, "%.3f")): "
      + differences { Self.difference($0?.distance, "%.3f") }
      + ". Robust accuracy at L2 \(Self.number(results.radius, "%.4g")) \(Self.percent(summary.robustAccuracy)): "
      + differences { Self.points($0?.robustAccuracy) }
  }

  package enum Direction: Equatable { case more, less, unknown }

  /// Where the interval lies; nothing is told without one.
  package static func direction(_ difference: MeanWithInterval?) -> Direction {
    guard let range = difference?.range else { return .unknown }
    return range.lowerBound > 0 ? .more : range.upperBound < 0 ? .less : .unknown
  }

  /// The answer to the question, by the intervals of the differences.
  package var answer: String {
    func words(
      _ name: String, _ value: (PrivacySummary.Differences) -> MeanWithInterval?,
      _ differences: (PrivacySummary) -> PrivacySummary.Differences?
    ) -> String {
      let parts = [("larger", Direction.more), ("smaller", .less), ("not shown to differ", .unknown)]
        .compactMap { word, direction -> String? in
          let epsilons = results.epsilons.filter { epsilon in
            Self.direction(differences(results.summary(.epsilon(epsilon))).flatMap(value)) == direction
          }
          return epsilons.isEmpty
            ? nil : "\(word) at ε = \(epsilons.map(PrivacyArm.text).joined(separator: ", "))"
        }
      return "\(name) is \(parts.joined(separator: ", "))"
    }
    func against(_ other: String, _ differences: (PrivacySummary) -> PrivacySummary.Differences?) -> String {
      "against \(other), \(words("the median distance", \.distance, differences)), and "
        + words("robust accuracy", \.robustAccuracy, differences)
    }
    return
      "Does a private network resist adversarial images better? By 95 % intervals over \(results.networkCount) "
      + "networks, seed by seed (the \(results.imageCount) images are the same for all; of robust accuracy the intervals hold "
      + "their error too): "
      + [
        against("networks that are not private", \.fromPlain),
        against("clipped ones without noise", \.fromClipped),
        against("ones stopped at the same accuracy", \.fromStopped),
      ].joined(separator: "; ")
  }

  private var membership: String {
    let parts = results.summaries.filter {
      if case .stopped = $0.arm { false } else { true }
    }.map { summary -> String in
      var bound = ""
      if case .epsilon = summary.arm,
        let account = results.networks.first(where: { $0.arm == summary.arm })?.account
      {
        bound = ", at most \(Self.number(account.guarantee.membershipAdvantageBound, "%.3f")) is possible"
      }
      return "\(summary.arm.words) \(Self.withInterval(summary.advantage, "%.4f"))\(bound)"
    }
    return "who was trained on (advantage of the attack by the loss"
      + (results.networkCount < 2 ? "" : ", 95 % intervals over networks and images") + "): "
      + parts.joined(separator: "; ")
  }

  private var caveats: [String] {
    var caveats: [String] = []
    if results.networkCount < 2 {
      caveats.append("one network of each kind has no interval: nothing is said about other seeds")
    }
    for epsilon in results.epsilons {
      let gaps = accuracyGaps(epsilon)
      let wide = gaps.filter { $0 > 0.01 }
      if let widest = wide.max() {
        caveats.append(
          "of ε = \(PrivacyArm.text(epsilon)), \(wide.count) of \(gaps.count) stopped networks \(wide.count == 1 ? "differs" : "differ") by more than 1 point in "
            + "accuracy (at most \(Self.number(100 * widest, "%.2f"))), so that comparison is not at equal accuracy"
        )
      }
    }
    let survived = results.networks.reduce(0) { $0 + $1.fooled.total - $1.fooled.count }
    if survived > 0 {
      caveats.append("\(survived) images were right and could not be fooled at all; they have no distance")
    }
    return caveats
  }

  /// By how much each stopped network misses the accuracy of the private one of its seed, whichever is the better.
  private func accuracyGaps(_ epsilon: Double) -> [Double] {
    results.networks.filter { $0.arm == .epsilon(epsilon) }.compactMap { network in
      results.networks.first { $0.arm == .stopped(epsilon) && $0.seed == network.seed }.map { stopped in
        Double(abs(network.accuracy.count - stopped.accuracy.count)) / Double(network.accuracy.total)
      }
    }
  }

  // MARK: Numbers

  package static func number(_ value: Double, _ format: String) -> String {
    String(format: format, value).replacing("-", with: "−")
  }

  package static func text(_ value: Double?, _ format: String) -> String {
    value.map { number($0, format) } ?? "–"
  }

  package static func percent(_ mean: MeanWithInterval?) -> String {
    mean.map { number(100 * $0.mean, "%.1f") + " %" } ?? "–"
  }

  /// `0.0123 [0.0043, 0.0203]`
  static func withInterval(_ mean: MeanWithInterval?, _ format: String, scale: Double = 1) -> String {
    guard let mean else { return "–" }
    let interval = mean.range.map {
      " [\(number(scale * $0.lowerBound, format)), \(number(scale * $0.upperBound, format))]"
    }
    return number(scale * mean.mean, format) + (interval ?? mean.remark)
  }

  /// `+0.123 [0.043, 0.203]`
  package static func difference(_ mean: MeanWithInterval?, _ format: String) -> String {
    (mean.map { $0.mean > 0 } == true ? "+" : "") + withInterval(mean, format)
  }

  package static func points(_ mean: MeanWithInterval?) -> String {
    (mean.map { $0.mean > 0 } == true ? "+" : "") + withInterval(mean, "%.1f", scale: 100) + " points"
  }
}

extension PrivacyResults {
  /// What the command prints.
  public var lines: [String] { PrivacyWords(results: self).lines }
}
