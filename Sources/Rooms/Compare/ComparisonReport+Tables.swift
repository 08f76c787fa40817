import Figures
import Inference
import Lab
import Storage

extension ComparisonReport {
  private typealias Cell = any CSVValue

  /// Mean and interval.
  private func cells(_ mean: NetworkMean?) -> [Cell] {
    guard let mean else { return ["", "", ""] }
    return [mean.mean] + (mean.interval.map { [$0.lower, $0.upper] } ?? ["", ""])
  }

  /// Names of a mean and its interval.
  private func columns(_ name: String) -> [String] { [name, "\(name)_lower_95", "\(name)_upper_95"] }

  private var networkColumns: [String] { parts.map { "network_\($0.number)" } }

  var networkTable: CSVWriter {
    var table = CSVWriter(columns: [
      "network", "model_sha256", "correct", "images", "live_units", "dead_units", "constant_units",
      "duplicate_units", "always_on_units", "neurons_kappa", "rotations_mean", "rotations_sd", "difference",
      "p_two_sided", "cliffs_delta", "units_q_below_level", "image_standard_error",
    ])
    for network in comparison.networks {
      let test = network.rotationTest
      table.append([
        network.number, network.modelChecksum, network.correct.count, network.correct.total,
        network.liveUnitCount, network.deadUnitCount, network.constantUnitCount, network.duplicateUnitCount,
        network.alwaysOnUnitCount, network.neurons, test.nullMean, test.nullStandardDeviation,
        test.difference, network.p, network.cliffsDelta.value, network.namedUnitCount,
        network.imageStandardError,
      ])
    }
    return table
  }

  var opinionTable: CSVWriter {
    var table = CSVWriter(
      columns: ["measure", "neurons", "rotations"] + columns("difference") + ["p", "p_holm"] + networkColumns)
    for opinion in comparison.opinions {
      table.append(
        [
          opinion.measure?.rawValue ?? comparison.declared.metric, opinion.neurons.mean,
          opinion.rotations.mean,
        ] + cells(opinion.effect) + [opinion.p, opinion.adjustedP] + opinion.effect.values)
    }
    return table
  }

  var ladderTable: CSVWriter {
    var table = CSVWriter(columns: ["control", "mean_kappa", "lower_95", "upper_95"] + networkColumns)
    for step in comparison.ladder {
      table.append([step.control.rawValue] + cells(step.kappa) + step.kappa.values)
    }
    return table
  }

  var sizeTable: CSVWriter {
    var table = CSVWriter(columns: [
      "top_count", "neurons_kappa", "rotations_kappa", "difference", "lower_95", "upper_95",
    ])
    for size in comparison.sizes {
      table.append([size.topCount, size.neurons.mean, size.rotations.mean] + cells(size.effect))
    }
    return table
  }

  var changeTable: CSVWriter {
    var table = CSVWriter(
      columns: ["change", "name", "layer", "units", "stage", "images", "networks"] + columns("neurons_kappa")
        + columns("rotations_kappa") + columns("difference") + columns("untrained_random_kappa"))
    for change in comparison.changes {
      table.append(
        [
          change.kind.rawValue, change.name, change.layer.layer, change.layer.unitCount, change.layer.stage,
          change.imageCount, change.effect.values.count,
        ] + cells(change.neurons) + cells(change.rotations) + cells(change.effect) + cells(change.untrained))
    }
    return table
  }

  var basisTable: CSVWriter {
    var table = CSVWriter(
      columns: ["family", "end", "networks"] + columns("mean_kappa") + columns("neurons_less_family")
        + ["mean_jaccard", "is_degenerate"])
    for basis in comparison.bases {
      table.append(
        [basis.family.rawValue, basis.isNegated ? "negative" : "positive", basis.kappa.values.count]
          + cells(basis.kappa) + cells(basis.effect) + [basis.meanJaccard, basis.isDegenerate ? 1 : 0])
    }
    return table
  }

  var doseTable: CSVWriter {
    var table = CSVWriter(columns: ["dose"] + columns("mean_kappa") + networkColumns)
    for dose in comparison.doses { table.append([dose.dose] + cells(dose.kappa) + dose.kappa.values) }
    return table
  }

  var metricTable: CSVWriter {
    var table = CSVWriter(
      columns: ["of", "metric"] + columns("neurons") + columns("random_directions"))
    for (subject, metrics) in [
      ("direction", comparison.metrics), ("basis", comparison.basisMetrics),
    ] {
      for metric in metrics {
        table.append([subject, metric.name] + cells(metric.neurons) + cells(metric.random))
      }
    }
    return table
  }

  var unitTable: CSVWriter {
    var table = CSVWriter(columns: ["network", "unit", "kappa_25", "p_upper_mid", "q"])
    for part in parts {
      for unit in part.units { table.append([part.number, unit.id, unit.kappa, unit.p, unit.q]) }
    }
    return table
  }

  var nullTable: CSVWriter {
    let first = parts[0].comparison
    var table = CSVWriter(
      columns: ["network", "rotation"] + first.topCounts.map { "kappa_\($0)" }
        + first.opinions.map(\.rawValue))
    for part in parts {
      for (rotation, values) in part.comparison.null.enumerated() {
        table.append([part.number, rotation] + values)
      }
    }
    return table
  }

  /// Images left out, each beside the one it is a copy of.
  var duplicateTable: CSVWriter {
    var table = CSVWriter(columns: ["image", "copy_of"])
    for group in duplicates.groups {
      for copy in group.dropFirst() { table.append([copy, group[0]]) }
    }
    return table
  }
}
