import Storage

/// The tables of `intrigue linearity`; docs/linearity.md names the columns.
enum LinearityTables {
  static func write(
    _ measured: MeasuredLines, _ results: LinearityExperiment.Results, classNames: [String],
    configuration: LinearityExperiment.Configuration, in folder: RunFolder
  ) throws {
    var lines = CSVWriter(
      columns: ["image", "label", "class", "direction"]
        + measured.ranges.flatMap { range in
          configuration.pieceCounts.map { "explained_\($0)_within_\(LinearityWords.number(range))" }
        }
        + ["region_lower", "region_upper", "lower_is_open", "upper_is_open"])
    for (index, row) in measured.rows.enumerated() {
      let label = measured.labels[index % measured.labels.count]
      let start: [any CSVValue] = [
        row.image, label, classNames[label], row.direction.rawValue,
      ]
      let shares: [any CSVValue] = row.explained.flatMap { shares -> [Double] in
        configuration.pieceCounts.map { shares[$0 - 1] }
      }
      let region = row.region
      lines.append(start + shares + [region.lower, region.upper, region.lowerIsOpen, region.upperIsOpen])
    }
    try lines.write(to: folder.file("lines.csv"))

    var local = CSVWriter(columns: [
      "direction", "epsilon", "images", "lower_quartile", "median", "upper_quartile",
    ])
    for row in results.local {
      local.append([
        row.direction.rawValue, row.epsilon, row.error?.count ?? 0, row.error?.lower,
        row.error?.median, row.error?.upper,
      ])
    }
    try local.write(to: folder.file("local.csv"))

    guard !results.sizes.isEmpty else { return }
    var sizes = CSVWriter(columns: [
      "network", "trained", "side", "pixels", "correct", "images", "gradient_change", "lower_95", "upper_95",
      "random_change", "mean_slope",
    ])
    for row in results.sizes {
      sizes.append([
        row.network, row.isTrained, row.side, row.pixelCount, row.correct.count, row.correct.total,
        row.gradientChange.mean, row.gradientChange.range?.lowerBound,
        row.gradientChange.range?.upperBound, row.randomChange, row.meanSlope,
      ])
    }
    try sizes.write(to: folder.file("sizes.csv"))
  }
}
