import Figures
import Foundation
import Lab
import Privacy
import Tensors

extension PrivacyExhibits {
  /// The findings, the answer to the question first.
  var sentences: [String] { answers + results.epsilons.map(comparison) + [membership] + caveats }

  /// A table for terminals, with what its numbers are of.
  var listing: [String] {
    TextTable.lines(
      [["", "accuracy", "on members", "median ℓ2", "robust", "advantage", "noise σ"]]
        + results.summaries.map { summary in
          [
            summary.arm.words, Self.percent(summary.accuracy), Self.percent(summary.trainingAccuracy),
            Self.text(summary.distance?.mean, "%.3f"), Self.percent(summary.robustAccuracy),
            Self.text(summary.advantage?.mean, "%.4f"),
            Self.text(results.networks.first { $0.arm == summary.arm }?.account?.noiseMultiplier, "%.3f"),
          ]
        }) + [
        "",
        "\(networks); \(training). Means over networks. Accuracy: \(results.heldOutCount) held-out images. Median ℓ2: distance of "
          + "the smallest perturbation found by DDN, over the correctly classified images among \(results.imageCount). Robust: "
          + "robust accuracy (\(threat)), of all \(results.imageCount). Advantage: membership inference by a loss threshold, true "
          + "minus false positive rate.",
      ]
  }

  /// `DDN, ℓ2 ≤ 1`
  var threat: String { "DDN, ℓ2 ≤ \(Self.number(results.radius))" }

  /// `mlp on mnist, 3 networks of each kind, seeds 1 to 3`
  var networks: String {
    "\(results.architectureName) on \(results.dataName), "
      + (results.networkCount == 1
        ? "one network of each kind, seed \(results.seed)"
        : "\(results.networkCount) networks of each kind, seeds \(results.seed) to "
          + "\(results.seed &+ UInt64(results.networkCount - 1))")
  }

  /// `8 epochs in lots of 600, clipping norm 1, δ = 1e-05`
  var training: String {
    "\(results.epochCount) \(results.epochCount == 1 ? "epoch" : "epochs") in lots of \(results.lotSize), clipping norm "
      + "\(Self.number(results.clip)), δ = \(Self.number(results.delta))"
  }

  // MARK: The answer

  enum Direction: Equatable { case larger, smaller, unknown }

  /// The side of 0 on which the interval of a difference lies; unknown without an interval.
  static func direction(_ difference: MeanWithInterval?) -> Direction {
    guard let range = difference?.range else { return .unknown }
    return range.lowerBound > 0 ? .larger : range.upperBound < 0 ? .smaller : .unknown
  }

  /// Whether private networks are more robust than each kind of control, by the intervals of the differences.
  private var answers: [String] {
    guard results.networkCount > 1 else {
      return [
        "One network of each kind has no interval over networks, so the experiment does not say whether private networks are "
          + "more robust than non-private ones."
      ]
    }
    return [
      "Compared with non-private networks, \(comparison(\.fromPlain)) (larger, smaller: the 95 % interval of the difference "
        + "over \(results.networkCount) networks, paired by seed, excludes 0).",
      "Compared with non-private networks stopped at the same accuracy, \(comparison(\.fromStopped)).",
      "Compared with clipped networks without noise, \(comparison(\.fromClipped)).",
    ]
  }

  private func comparison(_ other: (PrivacySummary) -> PrivacySummary.Differences?) -> String {
    func words(_ difference: (PrivacySummary.Differences) -> MeanWithInterval?) -> String {
      let sides: [(Direction, String)] = [
        (.larger, "larger"), (.smaller, "smaller"), (.unknown, "not shown to differ"),
      ]
      return sides.compactMap { side, word in
        let epsilons = results.epsilons.filter { epsilon in
          Self.direction(other(results.summary(.epsilon(epsilon))).flatMap(difference)) == side
        }
        return epsilons.isEmpty
          ? nil : "\(word) at ε = \(epsilons.map(PrivacyArm.text).joined(separator: ", "))"
      }.joined(separator: ", ")
    }
    return
      "the median ℓ2 distance (DDN) of private networks is \(words { $0.distance }), and their robust accuracy "
      + "(\(threat)) is \(words { $0.robustAccuracy })"
  }

  // MARK: Numbers of each ε

  private func comparison(_ epsilon: Double) -> String {
    let summary = results.summary(.epsilon(epsilon))
    func differences(_ words: (PrivacySummary.Differences?) -> String) -> String {
      "\(words(summary.fromPlain)) from non-private, \(words(summary.fromClipped)) from clipped without noise, "
        + "\(words(summary.fromStopped)) from stopped at the same accuracy"
    }
    return "ε = \(PrivacyArm.text(epsilon)): accuracy \(Self.percent(summary.accuracy)) (non-private "
      + "\(Self.percent(results.summary(.plain).accuracy)), stopped "
      + "\(Self.percent(results.summary(.stopped(epsilon)).accuracy))); median ℓ2 distance (DDN) "
      + "\(Self.text(summary.distance?.mean, "%.3f")), mean difference "
      + differences { Self.difference($0?.distance, "%.3f") }
      + "; robust accuracy (\(threat)) \(Self.percent(summary.robustAccuracy)), mean difference "
      + differences { Self.points($0?.robustAccuracy) } + "."
  }

  private var membership: String {
    let parts = results.summaries.filter { !$0.arm.isStopped }.map { summary -> String in
      let bound = results.networks.first { $0.arm == summary.arm }?.account.flatMap(Self.advantageBound)
      return "\(summary.arm.words) \(Self.withInterval(summary.advantage, "%.4f"))"
        + (bound.map { " (at most \(Self.number($0, "%.3f")) by its (ε, δ) guarantee)" } ?? "")
    }
    return "Advantage of membership inference by a loss threshold, true minus false positive rate"
      + (results.networkCount < 2 ? "" : ", with 95 % intervals over networks and images") + ": "
      + parts.joined(separator: "; ") + "."
  }

  private var caveats: [String] {
    var caveats: [String] = []
    for epsilon in results.epsilons {
      let gaps = accuracyGaps(epsilon)
      let wide = gaps.filter { $0 > 0.01 }
      if let widest = wide.max() {
        caveats.append(
          "At ε = \(PrivacyArm.text(epsilon)), the accuracy of \(wide.count) of \(gaps.count) stopped networks differs by more "
            + "than 1 point from that of the private network (by at most \(Self.number(100 * widest, "%.2f")) points), "
            + "so that comparison is not at equal accuracy.")
      }
    }
    let unfooled = results.networks.reduce(0) { $0 + $1.fooled.total - $1.fooled.count }
    if unfooled > 0 {
      caveats.append(
        "DDN found no adversarial perturbation for \(unfooled) correctly classified images; they have no distance."
      )
    }
    return caveats
  }

  /// The difference in accuracy between each private network and the stopped one of its seed, as an absolute value.
  private func accuracyGaps(_ epsilon: Double) -> [Double] {
    results.networks.filter { $0.arm == .epsilon(epsilon) }.compactMap { network in
      results.networks.first { $0.arm == .stopped(epsilon) && $0.seed == network.seed }.map { stopped in
        Double(abs(network.accuracy.count - stopped.accuracy.count)) / Double(network.accuracy.total)
      }
    }
  }

  // MARK: Numbers as text

  static func number(_ value: Double, _ format: String = "%.4g") -> String {
    String(format: format, value).replacing("-", with: "−")
  }

  static func text(_ value: Double?, _ format: String) -> String {
    value.map { number($0, format) } ?? "–"
  }

  static func percent(_ mean: MeanWithInterval?) -> String {
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
  static func difference(_ mean: MeanWithInterval?, _ format: String, scale: Double = 1) -> String {
    (mean.map { $0.mean > 0 } == true ? "+" : "") + withInterval(mean, format, scale: scale)
  }

  /// `+3.1 points`
  static func points(_ mean: MeanWithInterval?) -> String {
    difference(mean, "%.1f", scale: 100) + " points"
  }
}
