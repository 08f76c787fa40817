import Storage

/// The numbers of a chart: what is drawn, and what its data file holds.
struct ChartTable: Sendable {
  let heading: [String]
  private(set) var rows: [[any CSVValue]] = []

  init(_ heading: [String], _ rows: [[any CSVValue]] = []) { (self.heading, self.rows) = (heading, rows) }

  /// Appends rows.
  ///
  /// - Returns: Where they are.
  mutating func append(_ more: [[any CSVValue]]) -> Range<Int> {
    rows += more
    return rows.count - more.count..<rows.count
  }

  /// Nil for a text and for an empty field.
  ///
  /// - Parameter column: Counts from 1.
  func number(_ column: Int, _ row: Int) -> Double? {
    let value = rows[row][column - 1]
    return value as? Double ?? (value as? Int).map(Double.init)
  }

  /// Whether there is a number in every column that the series needs.
  func hasNumbers(_ series: PlotSeries) -> Bool {
    let more: [Int] =
      switch series.look {
      case .marks, .curve, .steps: []
      case .errorBars(_, let low, let high, _), .band(let low, let high), .boxes(let low, let high, _):
        [low, high]
      case .segments(let end): [end]
      case .cells(let value, _, _): [value]
      }
    return series.rows.contains { row in
      ([series.x.number, series.y.number] + more).allSatisfy { number($0, row)?.isFinite == true }
    }
  }

  /// The rows of a series, parted where a value is not finite: a line is interrupted there. An empty field interrupts
  /// nothing.
  func runs(of series: PlotSeries) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = series.rows.lowerBound
    for row in series.rows where [series.x, series.y].contains(where: { value($0, row)?.isFinite == false }) {
      if start < row { runs.append(start..<row) }
      start = row + 1
    }
    return start < series.rows.upperBound ? runs + [start..<series.rows.upperBound] : runs
  }

  func value(_ column: PlotSeries.Column, _ row: Int) -> Double? {
    number(column.number, row).map { $0 * column.factor + column.offset }
  }
}
