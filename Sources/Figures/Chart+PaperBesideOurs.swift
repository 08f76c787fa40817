import Images
import Storage

extension Chart {
  /// A part of a table whose numbers were measured again.
  public struct PaperGroup: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
      public var name: String
      /// nil where the paper has none.
      public var paper: Double?
      public var ours: Double
      /// That of our value; nil if there is none.
      public var interval: ClosedRange<Double>?

      public init(name: String, paper: Double? = nil, ours: Double, interval: ClosedRange<Double>? = nil) {
        (self.name, self.paper, self.ours, self.interval) = (name, paper, ours, interval)
      }
    }

    public var name: String
    public var rows: [Row]

    public init(name: String, rows: [Row]) { (self.name, self.rows) = (name, rows) }
  }

  /// Published and measured numbers in rows, joined by a line that shows the difference; the measured one alone if none
  /// is published.
  ///
  /// - Parameters:
  ///   - groups: At least one, each with at least one row, from top to bottom.
  ///   - axis: Name of the quantity.
  ///   - range: Range of the axis, widened a little so that marks at its ends are complete.
  public static func paperBesideOurs(
    caption: FigureCaption, groups: [PaperGroup], axis: String, range: ClosedRange<Double>
  ) -> Chart {
    let rows = groups.flatMap(\.rows)
    for row in rows { check(row.interval, row.name) }
    let layout = ChartRows(
      groups.map { ($0.name, $0.rows.map(\.name)) }, rowHeight: 20, longestName: 420)
    let frame = ChartFrame(
      caption, width: layout.left + 420, plotHeight: layout.height, room: .init(left: layout.left, right: 30),
      legend: [
        .init(name: "the paper's", colour: Role.control.colour, point: 6, dash: "solid"),
        .init(name: "measured here", colour: Role.neurons.colour, point: 7, dash: "solid"),
      ])
    let width = range.upperBound - range.lowerBound
    let all: ChartCode = "data skip 1"
    var script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + ["set xrange [\(range.lowerBound - 0.02 * width):\(range.upperBound + 0.02 * width)]"]
      + layout.script(in: frame)
    script.append(
      "plot "
        + [
          "\(all) using 2:1:($3-$2):(0) with vectors nohead linewidth 1 linecolor rgb '#BBBBBB'",
          "\(all) using 3:1:4:5 with xerrorbars pointtype 0 linewidth 2 linecolor rgb '\(Role.neurons.colour)'",
          "\(all) using 2:1 with points pointtype 6 pointsize 1.1 linewidth 2 linecolor rgb '\(Role.control.colour)'",
          "\(all) using 3:1 with points pointtype 7 pointsize 0.8 linecolor rgb '\(Role.neurons.colour)'",
        ].joined(separator: continuation))
    let table: [[any CSVValue]] = rows.indices.map { index in
      let row = rows[index]
      return [
        layout.places[index], row.paper, row.ours,
        row.interval?.lowerBound ?? row.ours,
        row.interval?.upperBound ?? row.ours, row.name, layout.groups[index],
      ]
    }
    return Chart(
      script: script, table: [["row", "paper", "ours", "lower", "upper", "name", "part"]] + table,
      width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
