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
      groups.map { ($0.name, $0.rows.map(\.name)) }, rowHeight: 22, longestName: 420)
    let (papers, ours) = (Role.control.colour, Role.neurons.colour)
    let frame = ChartFrame(
      caption, width: max(ChartFrame.usualWidth, Plot.widthOfLabels(layout.axis) + 320),
      legend: [
        .init(name: "the paper's", colour: papers, mark: .openCircle),
        .init(name: "measured here", colour: ours, mark: .circle, dash: []),
      ])
    let width = range.upperBound - range.lowerBound
    let widened = range.lowerBound - 0.02 * width...range.upperBound + 0.02 * width
    var plot = frame.plot(height: layout.height, right: 16, up: layout.axis) {
      .linear(widened, on: .across($0), name: axis, within: range)
    }
    layout.addHeads(to: &plot, in: frame)
    var table = ChartTable(["row", "paper", "ours", "lower", "upper", "name", "part"])
    let all = table.append(
      rows.enumerated().map { index, row in
        [
          layout.places[index], row.paper, row.ours, row.interval?.lowerBound ?? row.ours,
          row.interval?.upperBound ?? row.ours, row.name, layout.groups[index],
        ]
      })
    plot.add(.segments(to: 3), all, x: .column(2), y: .column(1), .grey(0xBB))
    plot.add(.errorBars(.across, low: 4, high: 5, width: 2), all, x: .column(3), y: .column(1), ours)
    plot.add(.marks(.openCircle, size: 4.5), all, x: .column(2), y: .column(1), papers)
    plot.add(.marks(.circle, size: 3.2), all, x: .column(3), y: .column(1), ours)
    return Chart(caption, table, frame, [plot])
  }
}
