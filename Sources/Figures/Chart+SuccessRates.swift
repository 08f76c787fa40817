import Foundation
import Images
import Storage
import Tensors

extension Chart {
  /// A proportion with its denominator, as a row of ``successRates(caption:groups:legend:axis:)``.
  public struct Rate: Hashable, Sendable {
    public var name: String
    public var role: Role
    public var count: Int
    public var total: Int
    /// Position of the mark; nil if the total is 0.
    public var value: Double?
    public var interval: ClosedRange<Double>?

    /// A proportion of independent items, with Wilson's 95 % interval.
    public init(name: String, role: Role, share: Proportion) {
      self.init(name: name, role: role, share: share, mean: share.value, interval: share.interval95)
    }

    /// A proportion of clustered items: the mean over the clusters and its interval, if it has one. The count remains
    /// that of all items.
    public init(
      name: String, role: Role, share: Proportion, mean: Double?, interval: ClosedRange<Double>?
    ) {
      (self.name, self.role) = (name, role)
      (count, total) = (share.count, share.total)
      (value, self.interval) = (mean, interval)
    }
  }

  /// Rows that belong together, under a heading.
  public struct RateGroup: Hashable, Sendable {
    public var name: String
    public var rows: [Rate]

    public init(name: String, rows: [Rate]) { (self.name, self.rows) = (name, rows) }
  }

  /// Proportions in rows, each with its interval as a bar and its count beside it.
  ///
  /// - Parameters:
  ///   - groups: At least one, each with at least one row, from top to bottom; a row with total 0 has no mark.
  ///   - legend: What each colour represents.
  ///   - axis: Name of the share, such as `attacked images fooled`.
  public static func successRates(
    caption: FigureCaption, groups: [RateGroup], legend: [(role: Role, name: String)], axis: String
  ) -> Chart {
    let rows = groups.flatMap(\.rows)
    let layout = ChartRows(
      groups.map { ($0.name, $0.rows.map(\.name)) }, rowHeight: 24, longestName: 260)
    let numbers = rows.map { row in
      let count = AxisNumbers.decimal(Double(row.count), digits: 0)
      return (row.value.map { Numbers.percent($0) + ", " } ?? "")
        + "\(count) of \(AxisNumbers.decimal(Double(row.total), digits: 0))"
    }
    let right = ChartFrame.widest(numbers) + 16
    let frame = ChartFrame(
      caption, width: max(ChartFrame.usualWidth, Plot.widthOfLabels(layout.axis) + 300 + right),
      legend: legend.map { .init(name: $0.name, colour: $0.role.colour, mark: $0.role.mark, dash: []) })
    var plot = frame.plot(height: layout.height, right: right, up: layout.axis) {
      .shares(on: .across($0), name: axis)
    }
    layout.addHeads(to: &plot, in: frame)
    var table = ChartTable(["row", axis, "lower", "upper", "count", "of", "name", "part"])
    for (index, row) in rows.enumerated() {
      let line = table.append([
        [
          layout.places[index], row.value, row.interval?.lowerBound, row.interval?.upperBound, row.count,
          row.total,
          row.name, layout.groups[index],
        ]
      ])
      plot.add(
        .errorBars(.across, low: 3, high: 4, width: 2), line, x: .column(2), y: .column(1), row.role.colour)
      plot.add(.marks(row.role.mark, size: 4.5), line, x: .column(2), y: .column(1), row.role.colour)
      plot.addNumber(numbers[index], atRow: layout.places[index])
    }
    return Chart(caption, table, frame, [plot])
  }
}
