import Adversarial
import Datasets
import Escapes
import Figures
import Foundation
import Lab
import Storage
import Tensors

/// Findings, figures and tables of `intrigue transfer`.
struct TransferExhibits {
  let results: TransferResults
  /// Remarks on the data, for the foot of each figure.
  var remarkLines: [String] = []

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Transfer of adversarial examples", findings: findings,
      basis:
        "n = \(sample). Transfer rate: share of the adversarial examples made for the source network that the target network "
        + "misclassifies, of the images that both classify correctly when clean; every cell of the table states their number. "
        + "Noise has, image by image, the ℓ2 length of the attack's perturbation. Accuracy gap: permutation test over "
        + "networks.",
      listing: listing)
    exhibits.chart(
      "figures/transfer", "Transfer rate from each source network (row) to each target network (column).",
      alternative: "A heat map; the numbers are in the listing and in the table.", heatMap)
    exhibits.chart(
      "figures/accuracy-gap", "Transfer rate by accuracy gap between source and target.",
      alternative: results.gaps.first?.sentence ?? "A point for each ordered pair of networks.", gapChart)
    exhibits.table(
      "transfer.csv", "Every source, target, perturbation size and direction.",
      of: results.rows.flatMap { row in zip(results.names, row.cells).map { (row, $0, $1) } }, columns,
      isForArticle: false)
    exhibits.articleTable("transfer.tex", latex)
    let words = exhibits.list.words.joined(separator: "\n") + "\n"
    exhibits.record("transfer.txt") { try AtomicFile.write(words, to: $0) }
    return exhibits
  }

  // MARK: Figures

  private var caption: FigureCaption {
    FigureCaption(
      title: "Transfer of adversarial examples between networks",
      subtitle:
        "\(results.attackWords); \(sample). Transfer rate in %, of the images that source and target both classify correctly "
        + "when clean.",
      footer: [
        "Rows: source network. Columns: target network. Diagonal: white-box attack. Noise has, image by image, the ℓ2 length of "
          + "the attack's perturbation. d: mean RMS perturbation after clipping, pixels in [0, 1].",
        "Images per cell: \(denominators). Intervals: transfer.csv. seed \(results.seed) · "
          + "Intrigue \(RunEnvironment.toolVersion)",
      ] + remarkLines,
      text: [
        .init(key: "Data", value: results.dataName), .init(key: "Attack", value: results.attackWords),
        .init(key: "Seed", value: "\(results.seed)"),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }

  /// `between 912 and 981`, over all cells of the attack.
  private var denominators: String {
    let counts = results.rows.filter { $0.direction == .attack }.flatMap { row in
      row.cells.map(\.errorOnBothCorrect.total)
    }
    let (low, high) = (counts.min() ?? 0, counts.max() ?? 0)
    return low == high ? "\(low)" : "between \(low) and \(high)"
  }

  private var heatMap: Chart {
    Chart.transferMatrix(
      caption: caption, names: results.names,
      blocks: results.sizes.map { size in
        Chart.TransferBlock(
          name: size.words,
          panels: results.directions.map { direction in
            Chart.TransferPanel(
              name: direction.words,
              rows: results.panel(size, direction).map { row in
                Chart.TransferRow(
                  shares: row.cells.map(\.errorOnBothCorrect.value), distortion: row.meanDistortion)
              })
          })
      })
  }

  /// nil when no pair has a transfer rate.
  private var gapChart: Chart? {
    guard let gap = results.gaps.first(where: { $0.size == results.mainSize }) else { return nil }
    let numbers = Dictionary(uniqueKeysWithValues: results.names.enumerated().map { ($1, $0 + 1) })
    let points = gap.pairs.compactMap { pair -> Chart.LabelledPoint? in
      guard let error = pair.error.value else { return nil }
      return Chart.LabelledPoint(
        x: 100 * pair.gap, value: 100 * error,
        interval: pair.error.interval95.map { 100 * $0.lowerBound...100 * $0.upperBound },
        label: "\(numbers[pair.source] ?? 0)→\(numbers[pair.target] ?? 0)")
    }
    guard !points.isEmpty else { return nil }
    let key = results.networks.enumerated().map {
      "\($0 + 1) \($1.name) (accuracy \($1.accuracy.percent))"
    }
    return Chart.accuracyGap(
      caption: FigureCaption(
        title: "Transfer rate and accuracy gap",
        subtitle: "\(results.attackWords), \(gap.size.words). Each point is an ordered pair, source→target: "
          + key.joined(separator: ", ") + ".",
        footer: [
          gap.sentence.prefix(1).uppercased() + gap.sentence.dropFirst(),
          "Accuracy on all \(results.heldOutCount) held-out images of \(results.dataName); transfer rate on the images that both "
            + "classify correctly when clean, of \(results.imageCount) drawn at random; bars: Wilson's 95 % interval over "
            + "images. seed \(results.seed) · Intrigue \(RunEnvironment.toolVersion)",
        ] + remarkLines),
      points: points)
  }

  // MARK: Tables

  private typealias Cell = (row: TransferMatrix.Row, target: String, cell: TransferCell)

  private var columns: [TableColumn<Cell>] {
    let head: [TableColumn<Cell>] = [
      TableColumn("source", article: "source") { $0.row.source },
      TableColumn("size", article: "size") { Self.field($0.row.size) },
      TableColumn("direction", article: "direction") { Self.field($0.row.direction) },
      TableColumn("target", article: "target") { $0.target },
      TableColumn("moved") { $0.row.moved.count },
      TableColumn("images") { $0.row.moved.total },
      TableColumn("mean_distortion") { $0.row.meanDistortion },
      TableColumn("median_l2") { $0.row.medianL2 },
    ]
    let errors: [TableColumn<Cell>] =
      .counted("error_both_correct", article: ("misclassified", "of", nil)) { $0.cell.errorOnBothCorrect }
      + .counted("error_all", article: (nil, nil, "error on all")) { $0.cell.errorOnAll }
    let excess: [TableColumn<Cell>] = [
      TableColumn("clean_error", article: "clean error") { $0.cell.cleanError.value },
      TableColumn("excess_error") { $0.cell.excessError },
    ]
    return head + errors + excess + .counted("targeted_hit") { $0.cell.targetedHit }
      + .counted("agreement") { $0.cell.agreement }
      + [TableColumn("agreement_by_chance") { $0.cell.agreementByChance }]
  }

  private static func field(_ size: TransferMatrix.Size) -> String {
    switch size {
    case .asFound: "as found"
    case .rootMeanSquare(let distortion): "\(distortion)"
    }
  }

  private static func field(_ direction: TransferMatrix.Direction) -> String {
    switch direction {
    case .attack: "attack"
    case .noise(let kind): kind.rawValue
    }
  }

  /// A table for an article, with the packages booktabs and graphicx.
  private var latex: String {
    let count = results.networks.count
    let aim = results.isTargeted ? " Any wrong class counts, not only the target class." : ""
    var lines = [
      "% Needs \\usepackage{booktabs,graphicx}. Written by intrigue transfer.",
      "\\begin{table}", "\\centering",
      "\\caption{Transfer of adversarial examples. Attack: \(LaTeXText.escaped(results.attackWords)). Rows: source network; "
        + "columns: target network. Transfer rate in \\%: examples that the target misclassifies, of the images that both "
        + "classify correctly when clean, of $n = \(results.imageCount)$ held-out images of "
        + "\(LaTeXText.escaped(results.dataName)), a random sample; a cell has \(denominators) images.\(aim) Noise has the "
        + "$\\ell_2$ length of the attack's perturbation of the same image. $d$: mean root mean square of the perturbation, "
        + "pixels in $[0, 1]$, after clipping.}",
      "\\label{tab:transfer}",
      LaTeXText.fittingStart, "\\begin{tabular}{l\(String(repeating: "r", count: count))r}", "\\toprule",
      "source & "
        + results.names.map { "\\rotatebox{60}{\(LaTeXText.escaped($0))}" }.joined(separator: " & ")
        + " & $d$ \\\\",
    ]
    for size in results.sizes {
      for direction in results.directions {
        lines += [
          "\\midrule",
          "\\multicolumn{\(count + 2)}{l}{\\emph{\(LaTeXText.escaped("\(direction.words), \(size.words)"))}} \\\\",
        ]
        for row in results.panel(size, direction) {
          let cells = row.cells.map { Self.points($0.errorOnBothCorrect.value) }
          let distortion = row.meanDistortion.map { String(format: "%.3f", $0) } ?? "–"
          lines.append(
            ([LaTeXText.escaped(row.source)] + cells + [distortion]).joined(separator: " & ") + " \\\\")
        }
      }
    }
    lines += ["\\bottomrule", "\\end{tabular}", LaTeXText.fittingEnd, "\\end{table}"]
    return lines.joined(separator: "\n") + "\n"
  }
}
