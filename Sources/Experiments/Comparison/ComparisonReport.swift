import Directions
import Figures
import Foundation
import Inference
import Storage

/// Everything a comparison leaves to look at.
struct ComparisonReport {
  let comparison: Comparison
  let parts: [NetworkComparison]
  let duplicates: DuplicateImages

  static let verdictName = "verdict.txt"
  static let comparisonName = "comparison.json"

  /// Figures by name, in the order of a reader's questions.
  private var charts: [(name: String, chart: Chart)] {
    let all: [(String, Chart?)] = [
      ("forest", forest), ("ladder", ladder), ("sensitivity", sensitivity), ("bases", bases),
      ("dose-response", doseResponse), ("depth", depth), ("sizes", sizes), ("null", null),
      ("activations", activations),
    ]
    return all.compactMap { name, chart in chart.map { (name, $0) } }
  }

  private var tables: [(name: String, table: CSVWriter)] {
    [
      ("networks", networkTable), ("opinions", opinionTable), ("ladder", ladderTable), ("sizes", sizeTable),
      ("changes", changeTable), ("bases", basisTable), ("doses", doseTable), ("metrics", metricTable),
      ("units", unitTable), ("null", nullTable), ("duplicates", duplicateTable),
    ]
  }

  /// - Returns: Names written, the one to look at first in front.
  func write(to folder: RunFolder) throws -> [String] {
    let figures = try folder.folder("figures").url
    let (charts, tables) = (charts, tables)
    for (name, chart) in charts { try chart.write(named: name, in: figures) }
    for (name, table) in tables { try table.write(to: folder.file("\(name).csv")) }
    try folder.write(comparison, to: Self.comparisonName)
    // Last: who finds a verdict finds what it rests on.
    try AtomicFile.write(
      comparison.lines.joined(separator: "\n") + "\n", to: folder.file(Self.verdictName))
    return [Self.verdictName] + charts.map { "figures/\($0.name).png" } + tables.map { "\($0.name).csv" }
      + [Self.comparisonName, ComparisonProtocol.fileName]
  }
}
