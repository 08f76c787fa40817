import Adversarial
import Escapes
import Figures
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Findings, figures and tables of `intrigue attack pool`.
struct PoolExhibits {
  let results: PoolResults
  let evidence: PoolEvidence
  let classNames: [String]
  /// Remarks on the data, for the foot of each figure.
  var remarkLines: [String] = []

  var isMinimal: Bool { results.epsilon == nil }

  var exhibits: Exhibits {
    var exhibits = Exhibits(
      title: "Several attacks on the same images", findings: findings,
      basis:
        "n = \(results.imageCount): \(results.sample), \(results.cleanAccuracy.count) of them classified correctly; "
        + "\(results.best.success.total) were attacked (\(results.task)). Robust accuracy is an upper bound: a stronger attack "
        + "can only lower it. Intervals: Wilson, 95 %, over images. Distances are those of an attack's own successes, pixels "
        + "in [0, 1].",
      listing: listing)
    exhibits.chart(
      "figures/pool",
      isMinimal
        ? "Robust accuracy by perturbation size, for each attack and for the best of all."
        : "Success rate of each attack (\(results.task)).",
      alternative: "A curve or mark for each attack; the numbers are in the listing.",
      isMinimal ? distanceChart : successChart)
    exhibits.table("pool.csv", "The attacks.", of: rows, columns, isForArticle: false)
    exhibits.table(
      "images.csv", "The distances of every image.", of: Array(evidence.images.indices), imageColumns)
    exhibits.queries(queries) { caption($0, $1, []) }
    exhibits.articleTable("pool.tex", latex)
    exhibits.cite(
      results.attacks.flatMap(\.entry.method.card.citations) + [.carlini2019evaluating])
    return exhibits
  }

  /// nil without a black-box attack.
  private var queries: QueryFigures? {
    let asked = evidence.parts.filter { $0.entry.method.card.access.isBlackBox }
    guard !asked.isEmpty else { return nil }
    return QueryFigures(
      attacks: asked.map { .init(name: $0.entry.name, images: $0.images) },
      reference: evidence.strongestOfGradient.map {
        .init(name: $0.entry.name, images: $0.images, norm: results.norm)
      }, norm: results.norm, isMinimal: isMinimal)
  }

  // MARK: Tables

  /// An attack; nil: the best of all.
  private typealias Row = PoolResults.Attack?

  /// A row for each attack, then one for the pool.
  private var rows: [Row] { results.attacks.map(Optional.some) + [nil] }

  /// Seconds are not among the columns, since they differ from run to run.
  private var columns: [TableColumn<Row>] {
    let best = results.best
    let head: [TableColumn<Row>] = [
      TableColumn("attack", article: "attack") { $0?.name ?? "pool" },
      TableColumn("role") { $0?.entry.role.rawValue },
      TableColumn("in_pool") { $0.map(\.isInPool) },
      TableColumn("epsilon") { row in if let row { row.entry.epsilon } else { results.epsilon } },
    ]
    let success: [TableColumn<Row>] =
      .counted("success", article: ("successes", "of", nil)) { $0?.summary.success ?? best.success }
      + .counted("robust_accuracy", article: (nil, nil, "robust accuracy")) {
        $0?.summary.robustAccuracy ?? best.robustAccuracy
      }
    let distances: [TableColumn<Row>] = [
      TableColumn("median_distance", article: "median distance") { row in
        if let row { row.distances?.median } else { best.medianDistance }
      },
      TableColumn("mean_distance", article: "mean distance") { row in
        if let row { row.distances?.mean } else { best.meanDistance }
      },
    ]
    let cost: [TableColumn<Row>] = [
      TableColumn("forwards_per_image", article: "forward passes") { $0?.summary.forwardsPerImage },
      TableColumn("backwards_per_image", article: "backward passes") { $0?.summary.backwardsPerImage },
    ]
    return head + success + distances + cost + [
      TableColumn("local_optimality") { $0?.optimality },
      TableColumn("best_of_pool") { $0?.bestCount },
      TableColumn("within_1_percent_count") { $0?.nearBest?.count },
      TableColumn("within_1_percent_of") { $0?.nearBest?.total },
      TableColumn("within_1_percent") { $0?.nearBest?.value },
    ]
  }

  /// A row for each image, a column of distances for each attack of the pool.
  private var imageColumns: [TableColumn<Int>] {
    func finite(_ distance: Double) -> Double? { distance.isFinite ? distance : nil }
    let (images, pool, kept) = (evidence.images, evidence.pool, evidence.keptDistances)
    let head: [TableColumn<Int>] = [
      TableColumn("image") { images[$0].imageID },
      TableColumn("label") { images[$0].label },
      TableColumn("class") { classNames[images[$0].label] },
      TableColumn("target") { images[$0].target.map { classNames[$0] } },
      TableColumn("skipped") { row in
        switch images[row].verdict {
        case .alreadyWrong: "already misclassified"
        case .alreadyTarget: "of the target class"
        case .failed, .succeeded: ""
        }
      },
    ]
    let distances = pool.attacks.enumerated().map { index, name in
      let distances = pool.distances(ofAttack: index)
      return TableColumn<Int>(name) { finite(distances[$0]) }
    }
    return head + distances + [
      TableColumn("best") { finite(kept[$0]) },
      TableColumn("best_attack") { evidence.winners[$0].map { pool.attacks[$0] } },
    ]
  }

  // MARK: Figures

  private func caption(_ title: String, _ subtitle: String, _ marks: [String]) -> FigureCaption {
    FigureCaption(
      title: title, subtitle: subtitle,
      footer: marks + [
        "\(results.sample); model \(results.modelName), checksum \(results.modelChecksum.prefix(8))"
          + (results.surrogateName.map {
            "; other network \($0), checksum \(results.surrogateChecksum?.prefix(8) ?? "")"
          } ?? "") + "; seed \(results.seed) · Intrigue \(RunEnvironment.toolVersion)"
      ] + remarkLines,
      text: [
        .init(key: "Data", value: results.dataName),
        .init(key: "Model checksum", value: results.modelChecksum),
        .init(key: "Seed", value: "\(results.seed)"),
        .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
      ])
  }

  /// Robust accuracy by distance, one curve for each attack and one for the best of all.
  private var distanceChart: Chart {
    let looks: [Chart.Role] = [.neurons, .random, .other(0), .other(1), .other(2), .other(3)]
    let curves = evidence.pool.attacks.indices.map { index in
      accuracyCurve(
        evidence.pool.attacks[index], looks[index % looks.count], evidence.pool.curve(ofAttack: index))
    }
    let best = accuracyCurve("best of all", .other(4), evidence.pool.bestCurve)
    let greatest = evidence.pool.bestDistances.filter(\.isFinite).max() ?? 0
    let furthest = curves.compactMap { $0.steps.last?.x }.max() ?? 0
    // Otherwise a few images of a weak attack would leave no room for the rest.
    let isCut = furthest > 1.5 * greatest
    let end = isCut ? 1.5 * greatest : 1.05 * furthest
    return Chart.robustAccuracy(
      caption: caption(
        "Robust accuracy by perturbation size: several attacks on the same images",
        "The attacks together succeed on \(results.best.success.share()) of the images attacked. The curves are upper "
          + "bounds: a stronger attack can only lower the best of all.",
        [
          "Curves begin at the clean accuracy, \(results.cleanAccuracy.share()). Dots: the smallest distance of all "
            + "attacks for each image; where they cover a curve, that attack is the best."
            + (isCut
              ? " The axis ends at 1.5 times the largest of these; some attacks needed larger perturbations."
              : "")
        ]),
      curves: curves + [best], largest: end > 0 ? end : 1,
      axis: "\(results.norm.symbol) norm of the perturbation, pixels in [0, 1]")
  }

  private func accuracyCurve(
    _ name: String, _ role: Chart.Role, _ curve: RobustAccuracyCurve
  ) -> Chart.AccuracyCurve {
    Chart.AccuracyCurve(
      name: name, role: role,
      // Accuracy is of all images, of which there is at least one.
      steps: curve.points.map { Chart.Point(x: $0.epsilon, value: $0.accuracy.value ?? 0) })
  }

  /// Success rates with intervals: the attacks asked for, then the comparisons of steps and budgets.
  private var successChart: Chart {
    func role(_ row: PoolResults.Attack) -> Chart.Role {
      if row.entry.role == .transferred { return .random }
      if row.entry.followsGradient { return .neurons }
      return row.entry.method.card.access.isBlackBox ? .other(0) : .control
    }
    func rate(_ row: PoolResults.Attack, _ name: String? = nil) -> Chart.Rate {
      Chart.Rate(name: name ?? row.entry.words, role: role(row), share: row.summary.success)
    }
    func row(_ name: String) -> PoolResults.Attack? { results.attacks.first { $0.name == name } }
    let best = Chart.Rate(name: "best of all", role: .other(4), share: results.best.success)
    let asked = results.attacks.filter { [.asked, .reference, .transferred].contains($0.entry.role) }
    let steps = evidence.plan.steps.compactMap { rung in
      row(rung.name).map { rate($0, "\(rung.stepCount) steps") }
    }
    let budgets = evidence.plan.budgets.compactMap { rung in
      row(rung.name).map { rate($0, "ε = \(Numbers.epsilon(Float(rung.epsilon)))") }
    }
    let meanings: [(role: Chart.Role, name: String)] = [
      (.neurons, "white-box"), (.random, "transferred from another network"),
      (.other(0), "black-box"), (.control, "random noise"),
    ]
    let shown = Set(asked.map(role) + [.neurons])
    return Chart.successRates(
      caption: caption(
        "Success rates within \(results.norm.symbol) ≤ \(Numbers.epsilon(results.epsilon ?? 0))",
        "Of \(results.best.success.total) attacked images, all classified correctly when clean. Robust accuracy against all "
          + "attacks: \(results.best.robustAccuracy.share()), an upper bound.",
        [
          "Bars: Wilson's 95 % interval over images. Best of all: images that any row within the budget fooled, the comparisons "
            + "of steps and budgets included."
        ]),
      groups: [
        .init(name: "attacks within the budget", rows: asked.map { rate($0) } + [best]),
        .init(name: "PGD by number of steps", rows: steps),
        .init(name: "PGD by budget", rows: budgets),
      ], legend: meanings.filter { shown.contains($0.role) }, axis: "success rate")
  }
}
