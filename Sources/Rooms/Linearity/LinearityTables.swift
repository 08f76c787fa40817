import Figures
import Lab
import Storage

/// The tables of `intrigue linearity`; docs/linearity.md names the columns.
enum LinearityTables {
  static func write(
    _ measured: MeasuredLines, _ results: LinearityExperiment.Results, classNames: [String],
    configuration: LinearityExperiment.Configuration, in folder: RunFolder
  ) throws {
    try lines(
      measured.rows, labels: measured.labels, ranges: measured.ranges, classNames: classNames,
      pieceCounts: configuration.pieceCounts
    ).write(to: folder.file("lines.csv"))
    try local(results).write(to: folder.file("local.csv"))
    if !results.sizes.isEmpty { try sizes(results).write(to: folder.file("sizes.csv")) }
  }

  /// - Parameter labels: Of the images, which the rows have once for each direction.
  static func lines(
    _ rows: [MeasuredLines.Row], labels: [Int], ranges: [Double], classNames: [String], pieceCounts: [Int]
  ) -> CSVWriter {
    var table = CSVWriter(
      columns: ["image", "label", "class", "direction"]
        + ranges.flatMap { range in
          pieceCounts.map { "explained_\($0)_within_\(Numbers.plain(range))" }
        }
        + ["region_lower", "region_upper", "lower_is_open", "upper_is_open"])
    for (index, row) in rows.enumerated() {
      let label = labels[index % labels.count]
      let start: [any CSVValue] = [
        row.image, label, classNames[label], row.direction.rawValue,
      ]
      let shares: [any CSVValue] = row.explained.flatMap { shares -> [Double] in
        pieceCounts.map { shares[$0 - 1] }
      }
      let region = row.region
      table.append(start + shares + [region.lower, region.upper, region.lowerIsOpen, region.upperIsOpen])
    }
    return table
  }

  static func local(_ results: LinearityExperiment.Results) -> CSVWriter {
    var table = CSVWriter(columns: [
      "direction", "epsilon", "images", "lower_quartile", "median", "upper_quartile",
    ])
    for row in results.local {
      table.append([
        row.direction.rawValue, row.epsilon, row.error?.count ?? 0, row.error?.lower,
        row.error?.median, row.error?.upper,
      ])
    }
    return table
  }

  static func sizes(_ results: LinearityExperiment.Results) -> CSVWriter {
    var table = CSVWriter(columns: [
      "network", "trained", "side", "pixels", "correct", "images", "gradient_change", "lower_95", "upper_95",
      "random_change", "mean_slope",
    ])
    for row in results.sizes {
      table.append([
        row.network, row.isTrained, row.side, row.pixelCount, row.correct.count, row.correct.total,
        row.gradientChange.mean, row.gradientChange.range?.lowerBound,
        row.gradientChange.range?.upperBound, row.randomChange, row.meanSlope,
      ])
    }
    return table
  }
}
