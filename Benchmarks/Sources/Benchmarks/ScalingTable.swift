/// One series of growth as a Markdown table, a line for each point.
struct ScalingTable {
  let series: ScalingSeries

  var text: String {
    let hasPeer = series.points.allSatisfy { $0.peer != nil }
    return Format.markdown(
      [title] + heading("Intrigue") + (hasPeer ? heading("PyTorch") : []),
      series.points.map { point in
        [String(value(point))] + cells(point, \.intrigue) + (hasPeer ? cells(point, \.peer) : [])
      })
  }

  private var title: String {
    let name = series.workload.rawValue
    guard let point = series.points.first else { return name }
    let directions = point.directionCount.map { ", \($0) directions" } ?? ""
    return switch series.axis {
    case .workers: "\(name), \(point.imageCount) images\(directions): workers"
    case .images: "\(name), \(point.workers) workers\(directions): images"
    case .directions: "\(name), \(point.workers) workers, \(point.imageCount) images: directions"
    }
  }

  private func value(_ point: ScalingPoint) -> Int {
    switch series.axis {
    case .workers: point.workers
    case .images: point.imageCount
    case .directions: point.directionCount ?? 0
    }
  }

  private func heading(_ side: String) -> [String] {
    ["\(side) median", series.axis == .directions ? "per score" : "per image"]
      + (series.axis == .workers ? ["speed-up"] : []) + ["most memory"]
  }

  private func cells(_ point: ScalingPoint, _ side: KeyPath<ScalingPoint, Measurement?>) -> [String] {
    guard let measurement = point[keyPath: side] else {
      return heading("").map { _ in Format.absent }
    }
    let share = measurement.median / Double(point.imageCount)
    let unit =
      series.axis == .directions
      ? Format.number(1e9 * share / Double(point.directionCount ?? 1), digits: 3) + " ns"
      : Format.number(1e6 * share, digits: 2) + " µs"
    let speedUp = Format.ratio(speedRatio(measurement, series.points.first?[keyPath: side]))
    return [Format.seconds(measurement.median), unit] + (series.axis == .workers ? [speedUp] : [])
      + [Format.megabytes(measurement.peakMemoryBytes)]
  }
}
