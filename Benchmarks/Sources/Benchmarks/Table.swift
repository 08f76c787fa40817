import Foundation

/// The result as a Markdown table, one line per row: minimum and median in seconds, throughput, ratio.
struct Table {
  let text: String

  init(_ results: Results) {
    let heading = [
      "work", "Intrigue min", "median", "images/s", "PyTorch min", "median", "images/s", "ratio of medians",
    ]
    let rows = results.rows.map { row in
      [row.workload.title] + Self.cells(row.intrigue, row.imageCount) + Self.cells(row.peer, row.imageCount)
        + [row.ratio.map { Self.number($0, digits: 2) + "×" } ?? "–"]
    }
    let machine = results.machine
    text =
      """
      \(machine.processor), \(machine.coreCount) cores, load before: \(Self.number(machine.loadBefore, digits: 2))

      \(([heading, heading.map { _ in "---" }] + rows).map(Self.line).joined(separator: "\n"))
      """
  }

  private static func cells(_ measurement: Measurement?, _ imageCount: Int) -> [String] {
    guard let measurement else { return ["–", "–", "–"] }
    return [
      number(measurement.minimum, digits: 3) + " s", number(measurement.median, digits: 3) + " s",
      number(Double(imageCount) / measurement.median, digits: 0),
    ]
  }

  private static func line(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |"
  }

  private static func number(_ value: Double, digits: Int) -> String {
    value.formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US_POSIX")))
  }
}
