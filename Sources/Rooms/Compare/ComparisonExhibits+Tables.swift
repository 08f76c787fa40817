import Directions
import Inference
import Lab
import Storage

extension ComparisonExhibits {
  func addTables(to exhibits: inout Exhibits) {
    exhibits.table("networks.csv", "The networks.", of: comparison.networks, networkColumns)
    exhibits.table(
      "opinions.csv", "Measures beside label agreement.", of: comparison.opinions, opinionColumns)
    exhibits.table("ladder.csv", "Baselines.", of: comparison.ladder, ladderColumns)
    exhibits.table(
      "sizes.csv", "Other numbers of top images.", of: comparison.sizes, sizeColumns, basis: sizeBasis)
    exhibits.table("changes.csv", "Sensitivity analysis.", of: comparison.changes, changeColumns)
    exhibits.table("bases.csv", "Other directions.", of: comparison.bases, basisColumns)
    exhibits.table(
      "doses.csv", "Interpolating from the neurons to random rotations.", of: comparison.doses, doseColumns)
    exhibits.table(
      "metrics.csv", "Measures that the verdict does not rest on.",
      of: comparison.metrics.map { ("direction", $0) } + comparison.basisMetrics.map { ("basis", $0) },
      metricColumns)
    exhibits.table(
      "units.csv", "Per-unit tests (q: false discovery rate).",
      of: parts.flatMap { part in part.units.map { (part.number, $0) } }, unitColumns)
    exhibits.table(
      "null.csv", "Every rotation of every network.",
      of: parts.flatMap { part in
        part.comparison.null.enumerated().map { (part.number, $0, $1) }
      }, nullColumns, isForArticle: false)
    exhibits.table(
      "duplicates.csv", "Near-duplicates that were left out.",
      of: duplicates.groups.flatMap { group in group.dropFirst().map { ($0, group[0]) } },
      [.init("image") { $0.0 }, .init("copy_of") { $0.1 }], isForArticle: false)
  }

  /// A mean over the networks with its interval: `NAME`, `NAME_lower_95`, `NAME_upper_95`.
  private func mean<Row>(
    _ name: String, limits: String? = nil, article heading: String? = nil,
    _ mean: @escaping (Row) -> NetworkMean?
  ) -> [TableColumn<Row>] {
    let (lower, upper) =
      limits.map { ("lower\($0)", "upper\($0)") } ?? ("\(name)_lower_95", "\(name)_upper_95")
    return [
      .init(name, article: heading) { mean($0)?.mean },
      .init(lower, article: heading.map { _ in "from" }) { mean($0)?.interval?.lower },
      .init(upper, article: heading.map { _ in "to" }) { mean($0)?.interval?.upper },
    ]
  }

  /// A column for each network.
  private func values<Row>(_ mean: @escaping (Row) -> NetworkMean) -> [TableColumn<Row>] {
    parts.enumerated().map { place, part in .init("network_\(part.number)") { mean($0).values[place] } }
  }

  private var networkColumns: [TableColumn<Comparison.Network>] {
    [
      .init("network", article: "network") { $0.number },
      .init("model_sha256") { $0.modelChecksum },
      .init("correct", article: "correct") { $0.correct.count },
      .init("images", article: "of") { $0.correct.total },
      .init("live_units", article: "live units") { $0.liveUnitCount },
      .init("dead_units") { $0.deadUnitCount },
      .init("constant_units") { $0.constantUnitCount },
      .init("duplicate_units") { $0.duplicateUnitCount },
      .init("always_on_units") { $0.alwaysOnUnitCount },
      .init("neurons_kappa", article: "$\\kappa$ neurons") { $0.neurons },
      .init("rotations_mean", article: "$\\kappa$ rotations") { $0.rotationTest.nullMean },
      .init("rotations_sd", article: "s.d.") { $0.rotationTest.nullStandardDeviation },
      .init("difference", article: "$\\Delta$") { $0.rotationTest.difference },
      .init("p_two_sided", article: "$p$") { $0.p },
      .init("cliffs_delta", article: "Cliff's $\\delta$") { $0.cliffsDelta.value },
      .init("units_q_below_level") { $0.namedUnitCount },
      .init("image_standard_error") { $0.imageStandardError },
    ]
  }

  private var opinionColumns: [TableColumn<Comparison.Opinion>] {
    [
      .init("measure", article: "measure", isIdentifier: true) {
        $0.measure?.rawValue ?? comparison.declared.metric
      },
      .init("neurons", article: "neurons") { $0.neurons.mean },
      .init("rotations", article: "rotations") { $0.rotations.mean },
    ] + mean("difference", article: "$\\Delta$") { $0.effect } + [
      .init("p", article: "$p$") { $0.p }, .init("p_holm", article: "$p$, Holm") { $0.adjustedP },
    ] + values { $0.effect }
  }

  private var ladderColumns: [TableColumn<Comparison.Step>] {
    [.init("control", article: "baseline", isIdentifier: true) { $0.control.rawValue }]
      + mean("mean_kappa", limits: "_95", article: "$\\kappa$") { $0.kappa } + values { $0.kappa }
  }

  private var sizeColumns: [TableColumn<Comparison.Size>] {
    [
      .init("top_count", article: "$k$") { $0.topCount },
      .init("neurons_kappa", article: "$\\kappa$ neurons") { $0.neurons.mean },
      .init("rotations_kappa", article: "$\\kappa$ rotations") { $0.rotations.mean },
    ] + mean("difference", limits: "_95", article: "$\\Delta$") { $0.effect }
  }

  private var changeColumns: [TableColumn<Comparison.Change>] {
    [
      .init("change") { $0.kind.rawValue },
      .init("name", article: "change") { $0.name },
      .init("layer") { $0.layer.layer },
      .init("units") { $0.layer.unitCount },
      .init("stage") { $0.layer.stage },
      .init("images", article: "images") { $0.imageCount },
      .init("networks") { $0.effect.values.count },
      .init("neurons_kappa", article: "$\\kappa$ neurons") { $0.neurons.mean },
    ] + mean("neurons_kappa") { $0.neurons }.dropFirst() + [
      .init("rotations_kappa", article: "$\\kappa$ rotations") { $0.rotations.mean }
    ] + mean("rotations_kappa") { $0.rotations }.dropFirst()
      + mean("difference", article: "$\\Delta$") { $0.effect }
      + mean("untrained_random_kappa") { $0.untrained }
  }

  private var basisColumns: [TableColumn<Comparison.Basis>] {
    [
      .init("family", article: "directions", isIdentifier: true) { $0.family.rawValue },
      .init("end", article: "end", isIdentifier: true) { $0.isNegated ? "negative" : "positive" },
      .init("networks", article: "networks") { $0.kappa.values.count },
      .init("mean_kappa", article: "$\\kappa$") { $0.kappa.mean },
    ] + mean("mean_kappa") { $0.kappa }.dropFirst()
      + mean("neurons_less_family", article: "neurons minus these") { $0.effect } + [
        .init("mean_jaccard", article: "Jaccard") { $0.meanJaccard },
        .init("is_degenerate") { $0.isDegenerate ? 1 : 0 },
      ]
  }

  private var doseColumns: [TableColumn<Comparison.Dose>] {
    [.init("dose", article: "fraction") { $0.dose }]
      + mean("mean_kappa", article: "$\\kappa$") { $0.kappa } + values { $0.kappa }
  }

  private var metricColumns: [TableColumn<(subject: String, metric: Comparison.Metric)>] {
    [
      .init("of", article: "of", isIdentifier: true) { $0.subject },
      .init("metric", article: "measure", isIdentifier: true) { $0.metric.name },
    ] + mean("neurons", article: "neurons") { $0.metric.neurons }
      + mean("random_directions", article: "random directions") { $0.metric.random }
  }

  private var unitColumns: [TableColumn<(network: Int, unit: UnitTest)>] {
    [
      .init("network") { $0.network }, .init("unit") { $0.unit.id }, .init("kappa_25") { $0.unit.kappa },
      .init("p_upper_mid") { $0.unit.p }, .init("q") { $0.unit.q },
    ]
  }

  private var nullColumns: [TableColumn<(network: Int, rotation: Int, values: [Double])>] {
    let first = parts[0].comparison
    let names = first.topCounts.map { "kappa_\($0)" } + first.opinions.map(\.rawValue)
    return [.init("network") { $0.network }, .init("rotation") { $0.rotation }]
      + names.enumerated().map { place, name in .init(name) { $0.values[place] } }
  }
}
