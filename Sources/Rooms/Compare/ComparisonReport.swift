import Directions
import Figures
import Foundation
import Inference
import Lab
import Storage

/// Everything a comparison leaves to look at.
struct ComparisonReport {
  let comparison: Comparison
  let parts: [NetworkComparison]
  let duplicates: DuplicateImages
  /// On the data, for the foot of each figure.
  var remarkLines: [String] = []

  static let verdictName = "verdict.txt"
  static let comparisonName = "comparison.json"

  /// Figures by name, in the order of a reader's questions.
  var charts: [(name: String, chart: Chart)] {
    let all: [(String, Chart?)] = [
      ("forest", forest), ("ladder", ladder), ("sensitivity", sensitivity), ("bases", bases),
      ("dose-response", doseResponse), ("depth", depth), ("sizes", sizes), ("null", null),
      ("activations", activations),
    ]
    return all.compactMap { name, chart in chart.map { (name, $0) } }
  }

  var tables: [(name: String, table: CSVWriter)] {
    [
      ("networks", networkTable), ("opinions", opinionTable), ("ladder", ladderTable), ("sizes", sizeTable),
      ("changes", changeTable), ("bases", basisTable), ("doses", doseTable), ("metrics", metricTable),
      ("units", unitTable), ("null", nullTable), ("duplicates", duplicateTable),
    ]
  }

  /// Before anything is drawn: no number is lost where a picture cannot be.
  ///
  /// - Returns: Names of the numbers in the folder.
  func writeNumbers(to folder: RunFolder) throws -> [String] {
    let tables = tables
    for (name, table) in tables { try table.write(to: folder.file("\(name).csv")) }
    try folder.write(comparison, to: Self.comparisonName)
    return tables.map { "\($0.name).csv" } + [Self.comparisonName, ComparisonProtocol.fileName]
  }

  /// After the numbers: who finds a verdict finds what it rests on.
  func writeVerdict(to folder: RunFolder) throws {
    try AtomicFile.write(
      comparison.lines.joined(separator: "\n") + "\n", to: folder.file(Self.verdictName))
  }

  /// - Returns: Names of the figures.
  func drawCharts(in folder: RunFolder) throws -> [String] {
    let figures = try folder.folder("figures").url
    let charts = charts
    for (name, chart) in charts { try chart.write(named: name, in: figures) }
    return charts.map { "figures/\($0.name).png" }
  }
}
