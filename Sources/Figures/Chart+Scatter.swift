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
    for point in points { check(point.interval, "x = \(point.x)") }
    let frame = ChartFrame(
      caption, legend: clouds.map { .init(name: $0.name, colour: $0.role.colour, mark: $0.role.mark) })
    let height = 340
    var plot = frame.plot(
      height: height, right: 16,
      up: .linear(ChartScale.range(of: extent(points), share: 0.08), on: .up(height), name: up)
    ) { .linear(ChartScale.range(of: points.map(\.x), share: 0.08), on: .across($0), name: across) }
    var table = ChartTable(["kind", across, up, "lower", "upper", "name"])
    for (number, cloud) in clouds.enumerated() {
      let rows = table.append(
        cloud.points.map {
          [number, $0.x, $0.value, $0.interval?.lowerBound, $0.interval?.upperBound, cloud.name]
        })
      plot.add(
        .errorBars(.up, low: 4, high: 5, width: 1.5), rows, x: .column(2), y: .column(3), cloud.role.colour)
      plot.add(.marks(cloud.role.mark, size: 5), rows, x: .column(2), y: .column(3), cloud.role.colour)
    }
    return Chart(caption, table, frame, [plot])
  }
}
