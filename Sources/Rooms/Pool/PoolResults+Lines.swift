import Adversarial
import Foundation
import Lab
import Tensors

extension PoolResults {
  /// For people: a table of the attacks, the best of all, warnings.
  public var lines: [String] {
    let isMinimal = epsilon == nil
    let heading =
      ["", "fooled"] + (isMinimal ? ["median", "mean", "optimality", "best", "≤ 1 %"] : ["new"])
      + ["passes", "seconds"]
    func kept(_ row: Attack) -> String { row.bestCount.map(String.init) ?? "–" }
    var rows = attacks.map { row in
      let found =
        isMinimal
        ? [
          PoolWords.distance(row.distances?.median), PoolWords.distance(row.distances?.mean),
          PoolWords.optimality(row.optimality), kept(row), row.nearBest?.percent ?? "–",
        ] : [kept(row)]
      return [row.entry.words, row.summary.success.rate] + found
        + [
          "\(PoolWords.passes(row.summary.forwardsPerImage)) + \(PoolWords.passes(row.summary.backwardsPerImage))",
          String(format: "%.1f", row.seconds),
        ]
    }
    rows.append(
      ["best of all", best.success.rate]
        + (isMinimal
          ? [
            PoolWords.distance(best.medianDistance), PoolWords.distance(best.meanDistance), "",
            "\(best.success.count)", "",
          ] : ["\(best.success.count)"])
        + ["", String(format: "%.1f", attacks.reduce(0) { $0 + $1.seconds })])
    let table = TextTable.lines([heading] + rows).map { "  \($0)" }
    return ["\(task), on \(sample)"] + table + [
      "the network is right about \(cleanAccuracy.count) of \(cleanAccuracy.total) images, and after all attacks about "
        + "\(best.robustAccuracy.count) (\(best.robustAccuracy.percent)"
        + (best.robustInterval95.map {
          String(format: ", 95 %% interval %.1f–%.1f %%", 100 * $0[0], 100 * $0[1])
        } ?? "") + "): an upper bound of what is true"
    ] + warnings.map { "warning: \($0)" }
  }
}

/// Numbers of a pool as text and tables print them; – for what there is none of.
enum PoolWords {
  /// Four digits, zeros at the end included: columns are compared.
  static func distance(_ value: Double?) -> String {
    guard let text = value.map({ String(format: "%#.4g", $0) }) else { return "–" }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
  static func optimality(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
  static func passes(_ value: Double?) -> String { value.map { String(format: "%.0f", $0) } ?? "–" }

}
