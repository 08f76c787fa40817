import Adversarial
import Datasets
import Escapes
import Figures
import Foundation
import Lab
import Storage
import Tensors

/// Everything a transfer experiment leaves to look at.
struct TransferReport {
  let results: TransferResults
  /// On the data, for the foot of each figure.
  var remarkLines: [String] = []

  static let resultsName = "transfer.json"
  static let tableName = "transfer.csv"
  static let latexName = "transfer.tex"
  static let textName = "transfer.txt"

  /// - Returns: Names written, the one to look at first in front.
  func write(to folder: RunFolder) throws -> [String] {
    try table.write(to: folder.file(Self.tableName))
    try AtomicFile.write(latex, to: folder.file(Self.latexName))
    try AtomicFile.write(results.lines.joined(separator: "\n") + "\n", to: folder.file(Self.textName))
    try folder.write(results, to: Self.resultsName)
    let figures = try folder.folder("figures").url
    try heatMap.write(named: "transfer", in: figures)
    try gapChart?.write(named: "accuracy-gap", in: figures)
    return [Self.textName, "figures/transfer.png"] + (gapChart == nil ? [] : ["figures/accuracy-gap.png"])
      + [Self.tableName, Self.latexName, Self.resultsName]
  }

  // MARK: Figures

  private var caption: FigureCaption {
    FigureCaption(
      title: "Transfer: images made to fool one network, shown to others",
      subtitle: "\(results.attackWords); \(results.imageCount) of \(results.heldOutCount) held-out images of "
        + "\(results.dataName), drawn at random. "
        + "Error in % on the images that source and target both classify correctly when clean.",
      footer: [
        "Rows: the network attacked. Columns: the network shown the images. Diagonal: the attack on its own network. "
          + "Noise has, image by image, the L2 length of the attack's perturbation. d: mean root mean square of the "
          + "perturbation, pixels from 0 to 1, after clipping.",
        "Images in a cell: \(denominators). Intervals: \(Self.tableName). seed \(results.seed) · "
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

  var heatMap: Chart {
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

  /// nil where no pair has an error.
  var gapChart: Chart? {
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
      "\($0 + 1) \($1.name) (\(TransferResults.points($1.accuracy.value)) %)"
    }
    return Chart.accuracyGap(
      caption: FigureCaption(
        title: "Does transfer need networks of equal accuracy?",
        subtitle: "\(results.attackWords), \(gap.size.words). Each point is an ordered pair, source→target: "
          + key.joined(separator: ", ") + ".",
        footer: [
          gap.sentence + ".",
          "Accuracy on all \(results.heldOutCount) held-out images of \(results.dataName); error on the images that both "
            + "classify correctly when clean, of \(results.imageCount) drawn at random; bars: Wilson's 95 % interval over "
            + "images. seed \(results.seed) · Intrigue \(RunEnvironment.toolVersion)",
        ] + remarkLines),
      points: points)
  }

  // MARK: Tables

  static let columns =
    ["source", "size", "direction", "target", "moved", "images", "mean_distortion", "median_l2"]
    + CSVWriter.columns(counted: "error_both_correct") + CSVWriter.columns(counted: "error_all") + [
      "clean_error", "excess_error",
    ]
    + CSVWriter.columns(counted: "targeted_hit") + CSVWriter.columns(counted: "agreement") + [
      "agreement_by_chance"
    ]

  /// A row per source, size, direction and target.
  var table: CSVWriter {
    func cells(_ share: Proportion) -> [any CSVValue] { CSVWriter.fields(counted: share) }
    var table = CSVWriter(columns: Self.columns)
    for row in results.rows {
      let size =
        switch row.size {
        case .asFound: "as found"
        case .rootMeanSquare(let distortion): "\(distortion)"
        }
      let direction =
        switch row.direction {
        case .attack: "attack"
        case .noise(let kind): kind.rawValue
        }
      for (target, value) in zip(results.names, row.cells) {
        table.append(
          [
            row.source, size, direction, target, row.moved.count, row.moved.total, row.meanDistortion,
            row.medianL2,
          ] + cells(value.errorOnBothCorrect) + cells(value.errorOnAll)
            + [value.cleanError.value, value.excessError] + cells(value.targetedHit)
            + cells(value.agreement) + [value.agreementByChance])
      }
    }
    return table
  }

  /// A table for an article, with the package booktabs.
  var latex: String {
    let count = results.networks.count
    let aim = results.isTargeted ? " An error is any wrong class, not only the one aimed at." : ""
    var lines = [
      "% Needs \\usepackage{booktabs,graphicx}. Written by intrigue transfer.",
      "\\begin{table}", "\\centering",
      "\\caption{Transfer of adversarial images. Attack: \(LaTeXText.escaped(results.attackWords)). Rows: network the images were "
        + "made for; columns: network they were shown to. Error in \\% on the images that both classify correctly when "
        + "clean, of $n = \(results.imageCount)$ held-out images of \(LaTeXText.escaped(results.dataName)) drawn at random; a cell "
        + "has \(denominators) images.\(aim) Noise has the $L_2$ length of the attack's perturbation of the same image. $d$: "
        + "mean root mean square of the perturbation, pixels in $[0, 1]$, after clipping.}",
      "\\label{tab:transfer}",
      LaTeXText.fittingStart, "\\begin{tabular}{l\(String(repeating: "r", count: count))r}", "\\toprule",
      "made for & "
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
          let cells = row.cells.map { TransferResults.points($0.errorOnBothCorrect.value) }
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
