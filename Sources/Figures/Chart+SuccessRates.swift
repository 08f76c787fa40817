import Foundation
import Images
import Tensors

extension Chart {
  /// A share with its denominator, as a row of ``successRates(caption:groups:legend:axis:)``.
  public struct Rate: Hashable, Sendable {
    public var name: String
    public var role: Role
    public var count: Int
    public var total: Int

    public init(name: String, role: Role, share: Proportion) {
      (self.name, self.role) = (name, role)
      (count, total) = (share.count, share.total)
    }
  }

  /// Rows that belong together, under a heading.
  public struct RateGroup: Hashable, Sendable {
    public var name: String
    public var rows: [Rate]

    public init(name: String, rows: [Rate]) { (self.name, self.rows) = (name, rows) }
  }

  /// Shares in rows, each with Wilson's 95 % interval as a bar and its count beside it.
  ///
  /// - Parameters:
  ///   - groups: At least one, each with at least one row, from top to bottom; a row of nothing has no mark.
  ///   - legend: What each colour stands for.
  ///   - axis: Name of the share, such as `attacked images fooled`.
  public static func successRates(
    caption: FigureCaption, groups: [RateGroup], legend: [(role: Role, name: String)], axis: String
  ) -> Chart {
    precondition(!groups.isEmpty && groups.allSatisfy { !$0.rows.isEmpty }, "a chart has rows in every group")
    let rows = groups.flatMap(\.rows)
    let names = rows.map { ChartFrame.ticFont.truncated($0.name, toWidth: 300) }
    let nameWidth = names.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let numbers = rows.map { row in
      let share = Proportion(row.count, of: row.total)
      return (share.value.map { Numbers.percent($0) + ", " } ?? "") + "\(row.count) of \(row.total)"
    }
    let numberWidth = numbers.map(ChartFrame.ticFont.width(of:)).max() ?? 0
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
      place += 0.4
    }
    let last = place - 1.4
    let left = ChartFrame.edge + nameWidth + 14
    let right = ChartFrame.edge + numberWidth + 14
    let frame = ChartFrame(
      caption, width: max(760, left + 360 + right), plotHeight: Int(22 * (last + 1.6)),
      room: .init(left: left, right: right),
      legend: legend.map {
        .init(name: $0.name, colour: $0.role.colour, point: $0.role.point, dash: "solid")
      })
    let tics = zip(names, places).map { Gnuplot.tic($0, at: $1) }.joined(separator: ", ")
    var script =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + [
        "set xrange [-0.02:1.02]", "set yrange [\(last + 0.8):-0.8]",
        "set xtics (\((0...5).map { Gnuplot.tic("\($0 * 20) %", at: Double($0) / 5) }.joined(separator: ", ")))",
        "set ytics scale 0 (\(tics))", "set grid xtics noytics", "set border 1",
      ]
    script += heads.map { head in
      "set label \(Gnuplot.quoted(ChartFrame.ticFont.truncated(head.name, toWidth: frame.width - 2 * ChartFrame.edge)))"
        + " at screen \(Gnuplot.share(ChartFrame.edge, of: frame.width)), first \(head.place) left font 'DejaVu Sans Bold,9'"
        + " textcolor rgb '#1A1A1A' front"
    }
    script += zip(numbers, places).map { text, place in
      "set label \(Gnuplot.quoted(text)) at graph 1, first \(place) left offset 1.2, 0 textcolor rgb '#1A1A1A'"
    }
    let plots = rows.enumerated().flatMap { number, row in
      let source = "data skip 1 every ::\(number)::\(number)"
      let colour = "linecolor rgb '\(row.role.colour)'"
      return [
        "\(source) using 2:1:3:4 with xerrorbars pointtype 0 linewidth 2 \(colour)",
        "\(source) using 2:1 with points pointtype \(row.role.point) pointsize 1.1 \(colour)",
      ]
    }
    script.append("plot \(plots.joined(separator: continuation))")
    let owners = groups.flatMap { group in group.rows.map { _ in group.name } }
    let table = zip(zip(rows, places), owners).map { pair, group in
      let (row, place) = pair
      let share = Proportion(row.count, of: row.total)
      return [
        "\(place)", cell(share.value), cell(share.interval95?.lowerBound), cell(share.interval95?.upperBound),
        "\(row.count)", "\(row.total)", row.name, group,
      ]
    }
    return Chart(
      script: script, table: [["row", axis, "lower", "upper", "count", "of", "name", "part"]] + table,
      width: frame.width, height: frame.height, scale: 2)
  }
}
