import Images

extension Chart {
  /// A part of a table whose numbers were measured again.
  public struct PaperGroup: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
      public var name: String
      public var paper: Double
      public var ours: Double
      /// Of ours; nil where there is none.
      public var interval: ClosedRange<Double>?

      public init(name: String, paper: Double, ours: Double, interval: ClosedRange<Double>? = nil) {
        (self.name, self.paper, self.ours, self.interval) = (name, paper, ours, interval)
      }
    }

    public var name: String
    public var rows: [Row]

    public init(name: String, rows: [Row]) { (self.name, self.rows) = (name, rows) }
  }

  /// Printed and measured numbers in rows, joined by a line as long as they differ.
  ///
  /// - Parameters:
  ///   - groups: At least one, each with at least one row, from top to bottom.
  ///   - axis: Name of the quantity.
  ///   - range: Of the axis, widened a little so that marks at its ends are whole.
  public static func paperBesideOurs(
    caption: FigureCaption, groups: [PaperGroup], axis: String, range: ClosedRange<Double>
  ) -> Chart {
    precondition(!groups.isEmpty && groups.allSatisfy { !$0.rows.isEmpty }, "a chart has rows in every group")
    let rows = groups.flatMap(\.rows)
    for row in rows { check(row.interval, row.name) }
    let names = rows.map { ChartFrame.ticFont.truncated($0.name, toWidth: 420) }
    let nameWidth = names.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    // A group is headed by its name, in a row and a half of its own.
    var places: [Double] = []
    var heads: [(name: String, place: Double)] = []
    var place = 0.0
    for group in groups {
      heads.append((group.name, place + 0.1))
      place += 1
      for _ in group.rows {
        places.append(place)
        place += 1
      }
      place += 0.5
    }
    let last = place - 1.5
    let left = ChartFrame.edge + nameWidth + 14
    let frame = ChartFrame(
      caption, width: left + 420, plotHeight: Int(20 * (last + 1.6)), room: .init(left: left, right: 30),
      legend: [
        .init(name: "the paper's", colour: Role.control.colour, point: 6, dash: "solid"),
        .init(name: "measured here", colour: Role.neurons.colour, point: 7, dash: "solid"),
      ])
    let width = range.upperBound - range.lowerBound
    let tics = zip(names, places).map { Gnuplot.tic($0, at: $1) }.joined(separator: ", ")
    let all = "data skip 1"
    var script =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + [
        "set xrange [\(range.lowerBound - 0.02 * width):\(range.upperBound + 0.02 * width)]",
        "set yrange [\(last + 0.8):-0.8]", "set ytics scale 0 (\(tics))", "set grid xtics noytics",
        // Headings stand across where the other axis would be.
        "set border 1",
      ]
    script += heads.map { head in
      "set label \(Gnuplot.quoted(ChartFrame.ticFont.truncated(head.name, toWidth: frame.width - 2 * ChartFrame.edge)))"
        + " at screen \(Gnuplot.share(ChartFrame.edge, of: frame.width)), first \(head.place) left font 'DejaVu Sans Bold,9'"
        + " textcolor rgb '#1A1A1A' front"
    }
    script.append(
      "plot "
        + [
          "\(all) using 2:1:($3-$2):(0) with vectors nohead linewidth 1 linecolor rgb '#BBBBBB'",
          "\(all) using 3:1:4:5 with xerrorbars pointtype 0 linewidth 2 linecolor rgb '\(Role.neurons.colour)'",
          "\(all) using 2:1 with points pointtype 6 pointsize 1.1 linewidth 2 linecolor rgb '\(Role.control.colour)'",
          "\(all) using 3:1 with points pointtype 7 pointsize 0.8 linecolor rgb '\(Role.neurons.colour)'",
        ].joined(separator: continuation))
    let owners = groups.flatMap { group in group.rows.map { _ in group.name } }
    let table = zip(zip(rows, places), owners).map { pair, group in
      let (row, place) = pair
      return [
        "\(place)", cell(row.paper), cell(row.ours), cell(row.interval?.lowerBound ?? row.ours),
        cell(row.interval?.upperBound ?? row.ours), row.name, group,
      ]
    }
    return Chart(
      script: script, table: [["row", "paper", "ours", "lower", "upper", "name", "part"]] + table,
      width: frame.width, height: frame.height, scale: 2)
  }
}
