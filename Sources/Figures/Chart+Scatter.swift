import Images
import Storage

extension Chart {
  /// Points of one kind in a plane.
  public struct Cloud: Hashable, Sendable {
    public var name: String
    public var role: Role
    public var points: [Point]

    public init(name: String, role: Role, points: [Point]) {
      (self.name, self.role, self.points) = (name, role, points)
    }
  }

  /// A scatter plot of two numbers, with one mark per kind.
  ///
  /// - Parameters:
  ///   - clouds: At least one, with a point; a point's interval is that of its value, vertical.
  ///   - across: Name of the horizontal axis.
  ///   - up: Name of the vertical axis.
  public static func scatter(caption: FigureCaption, clouds: [Cloud], across: String, up: String) -> Chart {
    let points = clouds.flatMap(\.points)
    precondition(!points.isEmpty, "a chart of points has at least one point")
    let values = points.flatMap { point in
      check(point.interval, "x = \(point.x)")
      return [point.value] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 380, room: .init(left: 86, right: 34),
      legend: clouds.map {
        .init(
          name: ChartFrame.ticFont.truncated($0.name, toWidth: 300), colour: $0.role.colour,
          point: $0.role.point, dash: "(0,100)")
      })
    var rows: [[any CSVValue]] = []
    var plots: [ChartCode] = []
    for (number, cloud) in clouds.enumerated() where !cloud.points.isEmpty {
      let first = rows.count
      rows += cloud.points.map {
        [
          number, $0.x, $0.value, $0.interval?.lowerBound,
          $0.interval?.upperBound, cloud.name,
        ]
      }
      let source: ChartCode = "data skip 1 every ::\(first)::\(rows.count - 1) using 2:3"
      let colour: ChartCode = "linecolor rgb '\(cloud.role.colour)'"
      if cloud.points.contains(where: { $0.interval != nil }) {
        plots.append("\(source):4:5 with yerrorbars pointtype 0 linewidth 1.5 \(colour)")
      }
      plots.append("\(source) with points pointtype \(cloud.role.point) pointsize 1.5 \(colour)")
    }
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: across, y: up)
      + [
        "set xrange \(ChartScale.script(ChartScale.range(of: points.map(\.x), share: 0.08)))",
        "set yrange \(ChartScale.script(ChartScale.range(of: values, share: 0.08)))",
        "plot \(plots.joined(separator: continuation))",
      ]
    return Chart(
      script: script, table: [["kind", across, up, "lower", "upper", "name"]] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
