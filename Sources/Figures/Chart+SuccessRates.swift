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
      groups.map { ($0.name, $0.rows.map(\.name)) }, rowHeight: 22, longestName: 300)
    let numbers = rows.map { row in
      (row.value.map { Numbers.percent($0) + ", " } ?? "") + "\(row.count) of \(row.total)"
    }
    let numberWidth = numbers.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let right = ChartFrame.edge + numberWidth + 14
    let frame = ChartFrame(
      caption, width: max(760, layout.left + 360 + right), plotHeight: layout.height,
      room: .init(left: layout.left, right: right),
      legend: legend.map {
        .init(name: $0.name, colour: $0.role.colour, point: $0.role.point, dash: "solid")
      })
    let steps = (0...5).map { Gnuplot.tic("\($0 * 20) %", at: Double($0) / 5) }.joined(separator: ", ")
    var script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + ["set xrange [-0.02:1.02]", "set xtics (\(steps))"] + layout.script(in: frame)
    script += zip(numbers, layout.places).map { text, place in
      "set label \(text: text) at graph 1, first \(place) left offset 1.2, 0 textcolor rgb '#1A1A1A'"
    }
    let plots = rows.enumerated().flatMap { number, row -> [ChartCode] in
      let source: ChartCode = "data skip 1 every ::\(number)::\(number)"
      let colour: ChartCode = "linecolor rgb '\(row.role.colour)'"
      return [
        "\(source) using 2:1:3:4 with xerrorbars pointtype 0 linewidth 2 \(colour)",
        "\(source) using 2:1 with points pointtype \(row.role.point) pointsize 1.1 \(colour)",
      ]
    }
    script.append("plot \(plots.joined(separator: continuation))")
    let table: [[any CSVValue]] = rows.indices.map { index in
      let row = rows[index]
      return [
        layout.places[index], row.value, row.interval?.lowerBound,
        row.interval?.upperBound, row.count, row.total, row.name, layout.groups[index],
      ]
    }
    return Chart(
      script: script, table: [["row", axis, "lower", "upper", "count", "of", "name", "part"]] + table,
      width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
