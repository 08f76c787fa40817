import Foundation

/// The result as Markdown, ready to be copied.
struct Tables {
  let text: String

  init(_ results: Results) {
    let machine = results.machine
    var parts = [
      "\(machine.processor), \(machine.coreCount) cores, load before: "
        + Format.number(machine.loadBefore, digits: 2)
    ]
    if let peak = results.peak {
      parts.append(
        "Peak: \(Format.number(peak.registerGigaflopsPerSecond, digits: 0)) GFLOP/s in registers "
          + "(\(peak.instructions)), \(Format.number(peak.sgemmGigaflopsPerSecond, digits: 0)) GFLOP/s sgemm")
    }
    if !results.rows.isEmpty {
      parts += [Self.times(results.rows), Self.rates(results.rows, results.peak)]
    }
    if let startup = results.startup { parts.append(Self.startup(startup)) }
    for series in results.scaling ?? [] { parts.append(ScalingTable(series: series).text) }
    text = parts.joined(separator: "\n\n")
  }

  /// A line for each row, and one more where PyTorch was also measured as people write it first.
  private static func lines(_ rows: [Row]) -> [(title: String, row: Row, peer: Measurement?)] {
    rows.flatMap { row in
      [(row.workload.title, row, row.peer)]
        + (row.plainPeer.map { [("the same, PyTorch in one piece", row, $0)] } ?? [])
    }
  }

  private static func times(_ rows: [Row]) -> String {
    func cells(_ measurement: Measurement?, _ imageCount: Int) -> [String] {
      guard let measurement else { return Array(repeating: Format.absent, count: 3) }
      return [
        Format.seconds(measurement.minimum), Format.seconds(measurement.median),
        Format.number(Double(imageCount) / measurement.median, digits: 0),
      ]
    }
    return Format.markdown(
      [
        "work", "Intrigue min", "median", "images/s", "PyTorch min", "median", "images/s", "ratio of medians",
      ],
      lines(rows).map { title, row, peer in
        [title] + cells(row.intrigue, row.imageCount) + cells(peer, row.imageCount)
          + [Format.ratio(speedRatio(row.intrigue, peer))]
      })
  }

  private static func rates(_ rows: [Row], _ peak: Peak?) -> String {
    func cells(_ measurement: Measurement?) -> [String] {
      let rate = measurement?.gigaflopsPerSecond
      let share = rate.flatMap { rate in peak.map { 100 * rate / $0.gigaflopsPerSecond } }
      return [
        rate.map { Format.number($0, digits: 0) } ?? Format.absent,
        share.map { Format.number($0, digits: 0) + " %" } ?? Format.absent,
        Format.megabytes(measurement?.peakMemoryBytes),
      ]
    }
    return Format.markdown(
      [
        "work", "GFLOP", "Intrigue GFLOP/s", "of peak", "most memory", "PyTorch GFLOP/s", "of peak",
        "most memory",
      ],
      lines(rows).map { title, row, peer in
        let operations = (row.intrigue ?? peer)?.operationCount
        return [title, operations.map { Format.number($0 / 1e9, digits: 0) } ?? Format.absent]
          + cells(row.intrigue) + cells(peer)
      })
  }

  private static func startup(_ rows: [StartupRow]) -> String {
    func cells(_ measurement: Measurement?) -> [String] {
      [
        measurement.map { Format.seconds($0.minimum) } ?? Format.absent,
        measurement.map { Format.seconds($0.median) } ?? Format.absent,
        Format.megabytes(measurement?.peakMemoryBytes),
      ]
    }
    return Format.markdown(
      [
        "from process start", "Intrigue min", "median", "most memory", "PyTorch min", "median",
        "most memory", "ratio of medians",
      ],
      rows.map { [$0.task.title] + cells($0.intrigue) + cells($0.peer) + [Format.ratio($0.ratio)] })
  }
}
