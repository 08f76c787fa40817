import Adversarial
import Escapes
import Figures
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Everything that a pool leaves to read and to look at.
struct PoolReport {
  let results: PoolResults
  let material: PoolMaterial
  let classNames: [String]
  /// On the data, for the foot of each figure.
  var remarkLines: [String] = []

  static let tableName = "pool.csv"
  static let imagesName = "images.csv"
  static let latexName = "pool.tex"
  static let figureName = "pool"

  func write(to folder: RunFolder) throws {
    try table.write(to: folder.file(Self.tableName))
    try imageTable.write(to: folder.file(Self.imagesName))
    try AtomicFile.write(latex, to: folder.file(Self.latexName))
    let queries = queries
    try queries?.table.write(to: folder.file(QueryFigures.tableName))
    let chart = results.epsilon == nil ? distanceChart : successChart
    let figures = try folder.folder("figures").url
    try chart.write(named: Self.figureName, in: figures)
    try queries?.chart { caption($0, $1, []) }?.write(named: QueryFigures.figureName, in: figures)
  }

  /// nil without a black-box attack.
  private var queries: QueryFigures? {
    let asked = material.parts.filter { $0.entry.method.kind.knowledge.isBlackBox }
    guard !asked.isEmpty else { return nil }
    let whiteBox = material.strongestOfGradient
    return QueryFigures(
      attacks: asked.map { .init(name: $0.entry.name, images: $0.images) },
      reference: whiteBox.map {
        .init(name: $0.entry.name, images: $0.images, norm: results.norm)
      }, norm: results.norm, isMinimal: isMinimal)
  }

  private var isMinimal: Bool { results.epsilon == nil }

  // MARK: Tables

  static let columns =
    ["attack", "role", "in_pool", "epsilon"] + CSVWriter.columns(counted: "success")
    + CSVWriter.columns(counted: "robust_accuracy")
    + ["median_distance", "mean_distance", "forwards_per_image", "backwards_per_image"]
    + [
      "local_optimality", "best_of_pool", "within_1_percent_count", "within_1_percent_of", "within_1_percent",
    ]

  /// A row for each attack, then one for the pool. No seconds: they are never the same twice.
  var table: CSVWriter {
    typealias Field = any CSVValue
    func cells(_ share: Proportion) -> [Field] { CSVWriter.fields(counted: share) }
    var table = CSVWriter(columns: Self.columns)
    for row in results.attacks {
      let own: [Field] = [
        row.name, row.entry.role.rawValue, row.isInPool ? "true" : "false", row.entry.epsilon,
      ]
      let found: [Field] = [
        row.distances?.median, row.distances?.mean, row.summary.forwardsPerImage,
        row.summary.backwardsPerImage, row.optimality, row.bestCount,
        row.nearBest?.count, row.nearBest?.total, row.nearBest?.value,
      ]
      table.append(own + cells(row.summary.success) + cells(row.summary.robustAccuracy) + found)
    }
    let best = results.best
    let own: [Field] = ["pool", "", "", results.epsilon]
    let found: [Field] =
      [best.medianDistance, best.meanDistance] + Array(repeating: "", count: 7)
    table.append(own + cells(best.success) + cells(best.robustAccuracy) + found)
    return table
  }

  /// A row for each image, a column of distances for each attack of the pool.
  var imageTable: CSVWriter {
    func number(_ distance: Double) -> Double? { distance.isFinite ? distance : nil }
    let names = material.pool.attacks
    let distances = names.indices.map { material.pool.distances(ofAttack: $0) }
    var table = CSVWriter(
      columns: ["image", "label", "class", "target", "skipped"] + names + ["best", "best_attack"])
    for (row, image) in material.images.enumerated() {
      let skipped =
        switch image.verdict {
        case .alreadyWrong: "already misclassified"
        case .alreadyTarget: "of the target class"
        case .failed, .succeeded: ""
        }
      table.append(
        [
          image.imageID, image.label, classNames[image.label],
          image.target.map { classNames[$0] } ?? "", skipped,
        ] + distances.map { number($0[row]) }
          + [number(material.keptDistances[row]), material.winners[row].map { names[$0] } ?? ""])
    }
    return table
  }

  // MARK: LaTeX

  /// A table for an article, with the packages booktabs and graphicx.
  var latex: String {
    let headings =
      isMinimal
      ? ["fooled (\\%)", "median", "mean", "optimality", "best", "$\\le 1\\,\\%$", "fw.", "bw."]
      : ["fooled (\\%)", "left (\\%)", "new", "fw.", "bw."]
    var lines = [
      "% Needs \\usepackage{booktabs,graphicx}. Written by intrigue attack pool.",
      "\\begin{table}", "\\centering", "\\caption{\(latexCaption)}", "\\label{tab:pool}",
      LaTeXText.fittingStart, "\\begin{tabular}{l\(String(repeating: "r", count: headings.count))}",
      "\\toprule",
      "attack & " + headings.joined(separator: " & ") + " \\\\", "\\midrule",
    ]
    for (index, row) in results.attacks.enumerated() {
      // What was not asked for stands apart.
      if index > 0, row.entry.role != .asked, results.attacks[index - 1].entry.role == .asked {
        lines.append("\\midrule")
      }
      let summary = row.summary
      let passes = [PoolWords.passes(summary.forwardsPerImage), PoolWords.passes(summary.backwardsPerImage)]
      let cells =
        isMinimal
        ? [
          share(summary.success), PoolWords.distance(row.distances?.median),
          PoolWords.distance(row.distances?.mean), PoolWords.optimality(row.optimality),
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
        share(best.success), PoolWords.distance(best.medianDistance),
        PoolWords.distance(best.meanDistance), "", "\(best.success.count)", "", "", "",
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
      + "\(LaTeXText.escaped(results.modelName)), right about \(results.cleanAccuracy.count) of them. "
      + "Fooled: of the \(attacked) images attacked. "
    if isMinimal {
      caption +=
        "Distances in \(LaTeXText.escaped(results.norm.description)), pixels in $[0, 1]$, over an attack's own "
        + "successes. Optimality: local optimality of Cin\\`a et al.\\ (2024), 1 for an attack that finds the nearest "
        + "image known of all. Best: images that it came nearest to, ties to the upper row. $\\le 1\\,\\%$: share of "
        + "the \(results.best.success.count) images fooled that it brought within 1\\,\\% of the smallest distance. "
    } else {
      caption +=
        "Left: images still classified correctly, of all \(results.imageCount). New: images that no row above fooled; "
        + "a larger budget is not counted. "
        + (results.surrogateName.map { "The other network: \(LaTeXText.escaped($0)). " } ?? "")
    }
    return caption + "Fw., bw.: passes through the network attacked for each image attacked."
  }

  private func share(_ proportion: Proportion?) -> String {
    proportion?.value.map { String(format: "%.1f", 100 * $0) } ?? "--"
  }

  // MARK: Figures

  private func caption(_ title: String, _ subtitle: String, _ marks: [String]) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: marks + [
        "\(results.sample); model \(results.modelName), checksum \(results.modelChecksum.prefix(8))"
          + (results.surrogateName.map {
            "; the other network \($0), checksum \(results.surrogateChecksum?.prefix(8) ?? "")"
          } ?? "") + "; seed \(results.seed) · Intrigue \(RunEnvironment.toolVersion)"
      ] + remarkLines,
      text: [
        .init(key: "Data", value: results.dataName),
        .init(key: "Model checksum", value: results.modelChecksum),
        .init(key: "Seed", value: "\(results.seed)"),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }

  /// Accuracy left at each distance, one curve for each attack and one for the best of all.
  var distanceChart: Chart {
    let looks: [Chart.Role] = [.neurons, .random, .other(0), .other(1), .other(2), .other(3)]
    let curves = material.pool.attacks.indices.map { index in
      accuracyCurve(
        material.pool.attacks[index], looks[index % looks.count], material.pool.curve(ofAttack: index))
    }
    let best = accuracyCurve("best of all", .other(4), material.pool.bestCurve)
    let greatest = material.pool.bestDistances.filter(\.isFinite).max() ?? 0
    let furthest = curves.compactMap { $0.steps.last?.x }.max() ?? 0
    // A few images of a weak attack would leave no room for the rest.
    let isCut = furthest > 1.5 * greatest
    let end = isCut ? 1.5 * greatest : 1.05 * furthest
    return Chart.robustAccuracy(
      caption: caption(
        "Accuracy left at each distance: several attacks on the same images",
        "An upper bound of what is true: another attack could only lower the curve of the best. Of "
          + "\(results.best.success.total) images attacked, all together fooled \(results.best.success.count).",
        [
          "Curves begin at the clean accuracy, \(results.cleanAccuracy.count) of \(results.cleanAccuracy.total). Dots: for "
            + "each image the nearest that any attack found; where they cover a curve, that attack is the best."
            + (isCut
              ? " The axis ends at 1.5 times the largest of these, and some attacks moved images further."
              : "")
        ]),
      curves: curves + [best], largest: end > 0 ? end : 1,
      axis: "\(results.norm) size of the perturbation, pixels in [0, 1]")
  }

  private func accuracyCurve(
    _ name: String, _ role: Chart.Role, _ curve: RobustAccuracyCurve
  ) -> Chart.AccuracyCurve {
    Chart.AccuracyCurve(
      name: name, role: role,
      steps: curve.points.map {
        Chart.Point(x: $0.epsilon, value: $0.accuracy.value ?? 0)  // of all images: there are some
      })
  }

  /// Successes with their intervals: what was asked for, then the ladders of steps and budgets.
  var successChart: Chart {
    func role(_ row: PoolResults.Attack) -> Chart.Role {
      if row.entry.role == .transferred { return .random }
      if row.entry.followsGradient { return .neurons }
      return row.entry.method.kind.knowledge.isBlackBox ? .other(0) : .control
    }
    func rate(_ row: PoolResults.Attack, _ name: String? = nil) -> Chart.Rate {
      Chart.Rate(name: name ?? row.entry.words, role: role(row), share: row.summary.success)
    }
    func row(_ name: String) -> PoolResults.Attack? { results.attacks.first { $0.name == name } }
    let best = Chart.Rate(name: "best of all", role: .other(4), share: results.best.success)
    let asked = results.attacks.filter { [.asked, .reference, .transferred].contains($0.entry.role) }
    let steps = material.plan.steps.compactMap { rung in
      row(rung.name).map { rate($0, "\(rung.stepCount) steps") }
    }
    let budgets = material.plan.budgets.compactMap { rung in
      row(rung.name).map { rate($0, "ε = \(Numbers.epsilon(Float(rung.epsilon)))") }
    }
    let meanings: [(role: Chart.Role, name: String)] = [
      (.neurons, "follows this network's gradient"), (.random, "made for another network"),
      (.other(0), "sees answers to its queries"), (.control, "random noise"),
    ]
    let shown = Set(asked.map(role) + [.neurons])
    return Chart.successRates(
      caption: caption(
        "How many images each attack fools within \(results.norm) ≤ \(Numbers.epsilon(results.epsilon ?? 0))",
        "Of the \(results.best.success.total) images attacked: those that the network gets right. Accuracy left over all "
          + "\(results.imageCount) images: \(results.best.robustAccuracy.percent), an upper bound of what is "
          + "true.",
        [
          "Bars: Wilson's 95 % interval over images. Best of all: images that any row fooled within the budget, the ladders "
            + "included."
        ]),
      groups: [
        .init(name: "attacks within the budget", rows: asked.map { rate($0) } + [best]),
        .init(name: "does pgd gain by steps?", rows: steps),
        .init(name: "does pgd gain by budget?", rows: budgets),
      ], legend: meanings.filter { shown.contains($0.role) }, axis: "attacked images fooled")
  }
}
