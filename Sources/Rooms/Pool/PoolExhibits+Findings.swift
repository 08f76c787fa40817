import Adversarial
import Foundation
import Lab
import Tensors

extension PoolExhibits {
  /// The result of all attacks together first, then the strongest single attack, then the warnings.
  var findings: [String] {
    [together] + [strongest].compactMap(\.self) + results.warnings.map { "Warning: \($0)" }
  }

  private var together: String {
    let best = results.best
    let interval = best.robustInterval95.map {
      String(format: ", 95 %% interval %.1f %% to %.1f %%", 100 * $0[0], 100 * $0[1])
    }
    let robust =
      "\(best.robustAccuracy.percent) (\(best.robustAccuracy.count) of \(best.robustAccuracy.total)\(interval ?? ""))"
    let clean = "clean accuracy \(results.cleanAccuracy.share())"
    guard isMinimal else {
      return
        "Robust accuracy (\(results.task)) is at most \(robust) after all \(inPool.count) attacks; \(clean)."
    }
    let distance = best.medianDistance.map {
      ", at a median \(results.norm.symbol) distance of \(Self.distance($0))"
    }
    return
      "The best of \(inPool.count) attacks (\(results.task)) succeeds on \(best.success.share()) of the images "
      + "attacked\(distance ?? ""). They leave \(robust) of all images classified correctly without an adversarial example; "
      + "\(clean)."
  }

  /// The attack that does best alone: by local optimality, or within a budget by successes; nil of one attack, and without
  /// a success.
  private var strongest: String? {
    let attacks = inPool.filter { $0.summary.success.count > 0 }
    guard inPool.count > 1 else { return nil }
    guard isMinimal else {
      // The first of several with as many successes.
      guard let best = attacks.min(by: { $0.summary.success.count > $1.summary.success.count }) else {
        return nil
      }
      return
        "No single attack (\(results.task)) succeeds on more images than \(best.entry.words): "
        + "\(best.summary.success.share())."
    }
    guard let best = attacks.min(by: { ($0.optimality ?? -1) > ($1.optimality ?? -1) }),
      let optimality = best.optimality
    else { return nil }
    return "No single attack (\(results.task)) has a higher local optimality than \(best.entry.words): "
      + "\(Self.optimality(optimality)), with a success rate of \(best.summary.success.share())."
  }

  private var inPool: [PoolResults.Attack] { results.attacks.filter(\.isInPool) }

  /// A table of the attacks, for terminals. Seconds are left out, since they differ from run to run.
  var listing: [String] {
    let heading =
      ["", "success rate"]
      + (isMinimal ? ["median", "mean", "optimality", "best", "≤ 1 %"] : ["new"])
      + ["forward + backward"]
    var rows = results.attacks.map { row in
      let best = row.bestCount.map(String.init) ?? "–"
      let found =
        isMinimal
        ? [
          Self.distance(row.distances?.median), Self.distance(row.distances?.mean),
          Self.optimality(row.optimality), best, row.nearBest?.percent ?? "–",
        ] : [best]
      return [row.entry.words, row.summary.success.rate] + found
        + [
          "\(Self.passes(row.summary.forwardsPerImage)) + \(Self.passes(row.summary.backwardsPerImage))"
        ]
    }
    let best = results.best
    rows.append(
      ["best of all", best.success.rate]
        + (isMinimal
          ? [
            Self.distance(best.medianDistance), Self.distance(best.meanDistance), "",
            "\(best.success.count)", "",
          ] : ["\(best.success.count)"]) + [""])
    let meaning =
      isMinimal
      ? "Median, mean: \(results.norm.symbol) distance of an attack's own successes. Optimality: local optimality, 1 for the "
        + "smallest known distance of every image. Best: images with the smallest distance. ≤ 1 %: images within 1 % of it."
      : "New: images that no attack above fooled."
    return TextTable.lines([heading] + rows) + [
      "",
      "\(results.sample); \(results.task). Success rate: of the images attacked, with Wilson's 95 % interval. \(meaning) Passes "
        + "through the network: per image attacked.",
    ]
  }

  // MARK: Numbers as text

  /// Four digits, trailing zeros included, since columns are compared; – for nil.
  static func distance(_ value: Double?) -> String {
    guard let text = value.map({ String(format: "%#.4g", $0) }) else { return "–" }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  static func optimality(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
  static func passes(_ value: Double?) -> String { value.map { String(format: "%.0f", $0) } ?? "–" }
}
