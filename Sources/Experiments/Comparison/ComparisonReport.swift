import Figures
import Foundation
import Inference
import Storage

/// Everything a comparison leaves to look at.
struct ComparisonReport {
  let comparison: Comparison
  let parts: [NetworkComparison]

  static let verdictName = "verdict.txt"
  static let comparisonName = "comparison.json"

  /// Names written, the one to look at first in front.
  static let fileNames =
    [verdictName] + charts.map { "figures/\($0).png" } + tableNames
    + [comparisonName, ComparisonProtocol.fileName, "run.json"]
  private static let charts = ["forest", "ladder", "null", "sizes"]
  private static let tableNames = ["networks.csv", "ladder.csv", "sizes.csv", "units.csv", "null.csv"]

  private var declared: ComparisonProtocol { comparison.declared }
  private let axis = "mean label agreement κ"

  func write(to folder: RunFolder) throws {
    let figures = try folder.folder("figures").url
    for (name, chart) in zip(Self.charts, [forest, ladder, null, sizes]) {
      try chart.write(named: name, in: figures)
    }
    for (name, table) in zip(Self.tableNames, [networkTable, ladderTable, sizeTable, unitTable, nullTable]) {
      try table.write(to: folder.file(name))
    }
    try folder.write(comparison, to: Self.comparisonName)
    // Last: who finds a verdict finds what it rests on.
    try AtomicFile.write(
      comparison.lines.joined(separator: "\n") + "\n", to: folder.file(Self.verdictName))
  }

  // MARK: Figures

  private func caption(_ title: String, _ subtitle: String) -> FigureCaption {
    let networks = "\(parts.count) \(parts.count == 1 ? "network" : "networks")"
    return FigureCaption(
      title: title, subtitle: subtitle,
      footer: [
        "\(comparison.dataName), \(comparison.imageCount) \(declared.split.words); \(comparison.layer.words); "
          + "\(networks), \(declared.rotationCount) rotations each; seed \(declared.seed)",
        "protocol \(comparison.protocolHash.prefix(12)), Intrigue \(RunEnvironment.toolVersion)",
      ],
      text: [FigureCaption.Pair(key: "Protocol", value: comparison.protocolHash)])
  }

  private func range(_ interval: ConfidenceInterval?) -> ClosedRange<Double>? {
    interval.map { $0.lower...$0.upper }
  }

  private var forest: Chart {
    Chart.forestPlot(
      caption: caption(
        "Are neurons more coherent than rotations of them?",
        "Dots: networks. Diamond: their mean with its 95 % interval. Grey: differences too small to matter. "
          + "Verdict: \(comparison.verdict.wording)."),
      networks: comparison.networks.map {
        Chart.Estimate(
          name: "network \($0.number), p = \(Self.text($0.p))", value: $0.rotationTest.difference)
      },
      mean: comparison.verdict.interval.map {
        Chart.Estimate(name: "mean", value: comparison.verdict.effect, interval: $0.lower...$0.upper)
      },
      margin: declared.margin, axis: "mean κ of neurons − mean κ of rotations, k = \(declared.topCount)")
  }

  private var ladder: Chart {
    Chart.ladder(
      caption: caption(
        "Where label agreement comes from",
        "κ of the top \(declared.topCount) images. Small dots: networks. Large: their mean with its 95 % interval."
      ),
      rungs: comparison.ladder.map { step in
        let role: Chart.Role =
          switch step.control {
          case .neurons: .neurons
          case .randomDirections, .rotations: .random
          default: .control
          }
        return Chart.Rung(
          name: step.control.words, value: step.mean, interval: range(step.interval), networks: step.kappas,
          role: role)
      }, axis: axis)
  }

  private var null: Chart {
    let first = parts[0].comparison
    return Chart.nullHistogram(
      caption: caption(
        "Network 1 among rotations of its neurons",
        "Each rotation is a whole basis of \(first.liveUnits.count) directions."),
      draws: first.null.map { $0[0] }, observed: first.neurons[0], observedName: "neurons",
      p: comparison.networks[0].p, axis: "\(axis) of a basis, k = \(declared.topCount)",
      drawName: "rotations")
  }

  private var sizes: Chart {
    func series(_ name: String, _ role: Chart.Role, _ values: (Comparison.Size) -> [Double]) -> Chart.Series {
      Chart.Series(
        name: name, role: role,
        points: comparison.sizes.map { size in
          let values = values(size)
          return Chart.Point(
            x: Double(size.topCount), value: values.reduce(0, +) / Double(values.count),
            interval: range(StudentInterval(values)?.interval()))
        })
    }
    return Chart.topCounts(
      caption: caption(
        "Does the answer depend on how many images are looked at?",
        "Means over networks with 95 % intervals; declared: k = \(declared.topCount)."),
      series: [series("neurons", .neurons, \.neurons), series("rotations", .random, \.rotations)], axis: axis)
  }

  private static func text(_ p: Double) -> String { String(format: p < 0.0095 ? "%.3f" : "%.2f", p) }

  // MARK: Tables

  private func cells(_ interval: ConfidenceInterval?) -> [any CustomStringConvertible] {
    interval.map { [$0.lower, $0.upper] } ?? ["", ""]
  }

  private var networkTable: CSVWriter {
    var table = CSVWriter(columns: [
      "network", "model_sha256", "correct", "images", "live_units", "dead_units", "constant_units",
      "neurons_kappa", "rotations_mean", "rotations_sd", "difference", "p_two_sided", "cliffs_delta",
      "units_q_below_level",
    ])
    for network in comparison.networks {
      let test = network.rotationTest
      table.append([
        network.number, network.modelChecksum, network.correct.count, network.correct.total,
        network.liveUnitCount, network.deadUnitCount, network.constantUnitCount, network.neurons,
        test.nullMean, test.nullStandardDeviation.map(\.description) ?? "", test.difference, network.p,
        network.cliffsDelta.value, network.namedUnitCount,
      ])
    }
    return table
  }

  private var ladderTable: CSVWriter {
    var table = CSVWriter(
      columns: ["control", "mean_kappa", "lower_95", "upper_95"] + parts.map { "network_\($0.number)" })
    for step in comparison.ladder {
      table.append([step.control.rawValue, step.mean] + cells(step.interval) + step.kappas)
    }
    return table
  }

  private var sizeTable: CSVWriter {
    var table = CSVWriter(columns: [
      "top_count", "neurons_kappa", "rotations_kappa", "difference", "lower_95", "upper_95",
    ])
    for size in comparison.sizes {
      table.append(
        [
          size.topCount, size.neurons.reduce(0, +) / Double(parts.count),
          size.rotations.reduce(0, +) / Double(parts.count), size.mean,
        ] + cells(size.interval))
    }
    return table
  }

  private var unitTable: CSVWriter {
    var table = CSVWriter(columns: ["network", "unit", "kappa_25", "p_upper_mid", "q"])
    for part in parts {
      for unit in part.units { table.append([part.number, unit.id, unit.kappa, unit.p, unit.q]) }
    }
    return table
  }

  private var nullTable: CSVWriter {
    var table = CSVWriter(
      columns: ["network", "rotation"] + parts[0].comparison.topCounts.map { "kappa_\($0)" })
    for part in parts {
      for (rotation, values) in part.comparison.null.enumerated() {
        table.append([part.number, rotation] + values)
      }
    }
    return table
  }
}
