import Foundation
import Storage

extension Chart {
  /// A few estimates with their intervals, one below the other, and a reference value.
  ///
  /// The caption must state what the intervals are.
  ///
  /// - Parameters:
  ///   - rows: At least one, from top to bottom: neurons, random directions, a control.
  ///   - reference: A dashed line with its name, such as chance; nil for none.
  ///   - range: Range of the axis, the whole scale of the measure.
  public static func estimates(
    caption: FigureCaption, rows: [Estimate], reference: (value: Double, name: String)?,
    range: ClosedRange<Double>, axis: String
  ) -> Chart {
    precondition(!rows.isEmpty, "a chart of estimates has at least one row")
    precondition(
      rows.allSatisfy { range.contains($0.value) }, "an estimate lies outside the scale \(range)")
    for row in rows { check(row.interval, row.name) }
    let names = rows.map { ChartFrame.ticFont.truncated($0.name, toWidth: 220) }
    let nameWidth = names.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let numbers = rows.map(Self.unsigned)
    let numberWidth = numbers.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 40 * rows.count + 30,
      room: .init(
        left: ChartFrame.edge + nameWidth + 14, right: ChartFrame.edge + numberWidth + 14, above: 14))
    let plots = rows.enumerated().flatMap { place, row -> [ChartCode] in
      let source: ChartCode = "data skip 1 every ::\(place)::\(place)"
      let role = [Role.neurons, .random, .control][min(place, 2)]
      let colour: ChartCode = "linecolor rgb '\(role.colour)'"
      let bar: ChartCode = "\(source) using 2:1:3:4 with xerrorbars pointtype 0 linewidth 2 \(colour)"
      return (row.interval == nil ? [] : [bar]) + [
        "\(source) using 2:1 with points pointtype 7 pointsize 1.4 \(colour)"
      ]
    }
    let tics = names.enumerated().map { Gnuplot.tic($1, at: $0) }.joined(separator: ", ")
    var script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + [
        "set xrange [\(range.lowerBound):\(range.upperBound)]",
        "set yrange [\(Double(rows.count) - 0.4):-0.6]",
        "set ytics scale 0 (\(tics))",
        "set grid xtics noytics",
      ]
    if let reference {
      script += [
        "set arrow from \(reference.value), graph 0 to \(reference.value), graph 1 nohead linewidth 1.5 dashtype 2 linecolor rgb '#5A5A5A'",
        "set label \(text: reference.name) at \(reference.value), graph 1 center offset 0, 0.5 font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'",
      ]
    }
    script += numbers.enumerated().map { place, text in
      "set label \(text: text) at graph 1, first \(place) left offset 1.2, 0 textcolor rgb '#1A1A1A'"
    }
    script.append("plot \(plots.joined(separator: continuation))")
    let table: [[any CSVValue]] = rows.enumerated().map { place, row in
      [
        place, row.value, row.interval?.lowerBound, row.interval?.upperBound, row.name,
      ]
    }
    return Chart(
      script: script, table: [["row", axis, "lower", "upper", "name"]] + table, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }

  /// `0.781 [0.742, 0.815]`
  private static func unsigned(_ estimate: Estimate) -> String {
    func text(_ value: Double) -> String { String(format: "%.3f", value) }
    let value = text(estimate.value)
    return estimate.interval.map { "\(value) [\(text($0.lowerBound)), \(text($0.upperBound))]" } ?? value
  }
}
