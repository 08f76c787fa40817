import Escapes
import Foundation
import Lab
import Tensors

extension PoolExhibits {
  /// A table for an article, with the packages booktabs and graphicx.
  var latex: String {
    let headings =
      isMinimal
      ? ["success (\\%)", "median", "mean", "optimality", "best", "$\\le 1\\,\\%$", "fw.", "bw."]
      : ["success (\\%)", "robust (\\%)", "new", "fw.", "bw."]
    var lines = [
      "% Needs \\usepackage{booktabs,graphicx}. Written by intrigue attack pool.",
      "\\begin{table}", "\\centering", "\\caption{\(latexCaption)}", "\\label{tab:pool}",
      LaTeXText.fittingStart, "\\begin{tabular}{l\(String(repeating: "r", count: headings.count))}",
      "\\toprule",
      "attack & " + headings.joined(separator: " & ") + " \\\\", "\\midrule",
    ]
    for (index, row) in results.attacks.enumerated() {
      // A line separates attacks that were not asked for.
      if index > 0, row.entry.role != .asked, results.attacks[index - 1].entry.role == .asked {
        lines.append("\\midrule")
      }
      let summary = row.summary
      let passes = [Self.passes(summary.forwardsPerImage), Self.passes(summary.backwardsPerImage)]
      let cells =
        isMinimal
        ? [
          share(summary.success), Self.distance(row.distances?.median),
          Self.distance(row.distances?.mean), Self.optimality(row.optimality),
          row.bestCount.map(String.init) ?? "--", share(row.nearBest),
        ] + passes
        : [share(summary.success), share(summary.robustAccuracy), row.bestCount.map(String.init) ?? "--"]
          + passes
      lines.append(([LaTeXText.escaped(row.entry.words)] + cells).joined(separator: " & ") + " \\\\")
    }
    let best = results.best
    let cells =
      isMinimal
      ? [
        share(best.success), Self.distance(best.medianDistance),
        Self.distance(best.meanDistance), "", "\(best.success.count)", "", "", "",
      ]
      : [share(best.success), share(best.robustAccuracy), "\(best.success.count)", "", ""]
    lines += [
      "\\midrule", (["best of all"] + cells).joined(separator: " & ") + " \\\\", "\\bottomrule",
      "\\end{tabular}", LaTeXText.fittingEnd, "\\end{table}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private var latexCaption: String {
    let attacked = results.best.success.total
    var caption =
      "Several attacks on the same images: \(LaTeXText.escaped(results.task)). "
      + "$n = \(results.imageCount)$: \(LaTeXText.escaped(results.sample)); network "
      + "\(LaTeXText.escaped(results.modelName)), clean accuracy "
      + "\(LaTeXText.escaped(results.cleanAccuracy.share())). Success: of the \(attacked) images attacked. "
    if isMinimal {
      caption +=
        "Median and mean \(LaTeXText.escaped(results.norm.symbol)) distance, pixels in $[0, 1]$, of an attack's own "
        + "successes. Optimality: local optimality of Cin\\`a et al.\\ (2024), 1 for an attack that finds the smallest known "
        + "distance of every image. Best: images for which it has the smallest distance, ties to the upper row. "
        + "$\\le 1\\,\\%$: share of the \(results.best.success.count) images fooled for which it is within 1\\,\\% of the "
        + "smallest distance. "
    } else {
      caption +=
        "Robust: robust accuracy, of all \(results.imageCount) images. New: images that no row above fooled; the larger "
        + "budget is not counted. "
        + (results.surrogateName.map { "Other network: \(LaTeXText.escaped($0)). " } ?? "")
    }
    return caption + "Fw., bw.: forward and backward passes through the network attacked, per image attacked."
  }

  private func share(_ proportion: Proportion?) -> String {
    proportion?.value.map { String(format: "%.1f", 100 * $0) } ?? "--"
  }
}
