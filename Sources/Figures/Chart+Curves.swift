import Foundation
import Images
import Storage

extension Chart {
  /// A value with its interval at one place of the horizontal axis.
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var value: Double
    /// `nil` where there is none.
    public var interval: ClosedRange<Double>?

    public init(x: Double, value: Double, interval: ClosedRange<Double>? = nil) {
      (self.x, self.value, self.interval) = (x, value, interval)
    }
  }

  /// One line of a chart.
  public struct Series: Hashable, Sendable {
    public var name: String
    public var role: Role
    /// At least one; drawn from left to right.
    public var points: [Point]

    public init(name: String, role: Role, points: [Point]) {
      (self.name, self.role, self.points) = (name, role, points)
    }
  }

  /// A value that does not depend on the horizontal axis, drawn as a horizontal line.
  public struct Level: Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
      (self.name, self.value) = (name, value)
    }
  }

  /// A score as the basis is rotated away from the neurons: 0 is the neurons, 1 a full random rotation.
  ///
  /// - Parameters:
  ///   - series: At least one, x in [0, 1].
  ///   - levels: For example the mean over full rotations.
  ///   - axis: Name of the score, such as `mean label agreement κ`.
  public static func doseResponse(
    caption: FigureCaption, series: [Series], levels: [Level] = [], axis: String
  )
    -> Chart
  {
    precondition(
      series.allSatisfy { $0.points.allSatisfy { (0...1).contains($0.x) } },
      "a fractional rotation lies in [0, 1]")
    return curves(
      caption: caption, series: series, levels: levels, axis: axis, across: .share,
      acrossName: "fraction a of a random rotation: 0 the neurons, 1 a random basis")
  }

  /// A score against depth: one position on the horizontal axis per layer, input first.
  ///
  /// - Parameters:
  ///   - layers: Names from input to output; a point's x is an index into these.
  ///   - axis: Name of the score.
  public static func depth(caption: FigureCaption, layers: [String], series: [Series], axis: String) -> Chart
  {
    precondition(!layers.isEmpty, "a chart of depth has at least one layer")
    precondition(
      series.allSatisfy { $0.points.allSatisfy { Int(exactly: $0.x).map(layers.indices.contains) == true } },
      "a point of a chart of depth stands at one of \(layers.count) layers")
    return curves(
      caption: caption, series: series, levels: [], axis: axis, across: .names(layers), acrossName: "layer")
  }

  /// A score against the number of top images that it is computed from.
  ///
  /// - Parameters:
  ///   - series: At least one; x is k, positive.
  ///   - axis: Name of the score.
  public static func topCounts(caption: FigureCaption, series: [Series], axis: String) -> Chart {
    precondition(
      series.allSatisfy { $0.points.allSatisfy { $0.x > 0 } }, "a number of top images is positive")
    return curves(
      caption: caption, series: series, levels: [], axis: axis, across: .counts,
      acrossName: "top images per direction, k (logarithmic)")
  }

  /// A measure under several conditions: one position on the horizontal axis for each.
  ///
  /// - Parameters:
  ///   - names: Names of the conditions, from left to right; a point's x is an index into these.
  ///   - axis: Name of the measure.
  ///   - acrossName: What the conditions are.
  public static func conditions(
    caption: FigureCaption, names: [String], series: [Series], axis: String, acrossName: String
  ) -> Chart {
    precondition(!names.isEmpty, "a chart of conditions has at least one condition")
    precondition(
      series.allSatisfy { $0.points.allSatisfy { Int(exactly: $0.x).map(names.indices.contains) == true } },
      "a point of a chart of conditions stands at one of \(names.count) conditions")
    return curves(
      caption: caption, series: series, levels: [], axis: axis, across: .names(names), acrossName: acrossName)
  }

  /// The horizontal axis of ``curves``.
  private enum Across {
    case share
    case names([String])
    case counts
  }

  private static func curves(
    caption: FigureCaption, series: [Series], levels: [Level], axis: String, across: Across,
    acrossName: String
  ) -> Chart {
    precondition(
      !series.isEmpty && series.allSatisfy { !$0.points.isEmpty },
      "every line of a chart has at least one point")
    let points = series.flatMap(\.points)
    for point in points { check(point.interval, "x = \(point.x)") }
    let range = ChartScale.range(of: levels.map(\.value) + extent(points), share: 0.06)
    let levelNames = levels.map { ChartFrame.small.fitted($0.name, toWidth: 150) }
    let levelWidth = levelNames.map(ChartFrame.small.width(of:)).max() ?? 0
    let frame = ChartFrame(
      caption,
      legend: series.map {
        .init(name: $0.name, colour: $0.role.colour, mark: $0.role.mark, dash: $0.role.dash)
      })
    let height = 300
    var plot = frame.plot(
      height: height, right: levels.isEmpty ? 16 : levelWidth + 10,
      up: .linear(range, on: .up(height), name: axis)
    ) { horizontal(across, points: points, width: $0, name: acrossName) }
    let distance = 16 * (range.upperBound - range.lowerBound) / Double(height)
    let places = apart(levels.map(\.value), by: distance, below: range.upperBound)
    for (level, (name, place)) in zip(levels, zip(levelNames, places)) {
      plot.elements += [
        .rule(
          .init(
            axis: .up, value: level.value, stroke: .init(width: 1.5, colour: Style.faint, dash: [9, 3, 2, 3]))
        ),
        .label(
          .init(
            text: name, x: .share(1), y: .value(place), right: 8, font: ChartFrame.small, colour: Style.faint)
        ),
      ]
    }

    var table = ChartTable(["series", "x", axis, "lower", "upper", "name"])
    let rows = series.enumerated().map { number, line in
      table.append(
        line.points.sorted { $0.x < $1.x }.map {
          [number, $0.x, $0.value, $0.interval?.lowerBound, $0.interval?.upperBound, line.name]
        })
    }
    // Lines are slightly offset, so that their intervals can be told from each other.
    let columns = series.indices.map {
      plot.across.moved(column: 2, $0, of: series.count, at: Self.step(across))
    }
    for (number, line) in series.enumerated() {
      plot.add(
        .errorBars(.up, low: 4, high: 5, width: 1.5), rows[number], x: columns[number], y: .column(3),
        line.role.colour)
    }
    for (number, line) in series.enumerated() {
      plot.add(
        .curve(width: ChartFrame.lineWidth, dash: line.role.dash, mark: line.role.mark), rows[number],
        x: columns[number], y: .column(3), line.role.colour)
    }
    return Chart(caption, table, frame, [plot])
  }

  private static func horizontal(_ across: Across, points: [Point], width: Int, name: String) -> PlotAxis {
    switch across {
    case .share: return .linear(-0.04...1.04, on: .across(width), name: name, within: 0...1)
    case .names(let names): return .names(names, width: width, name: name)
    case .counts:
      let axis = PlotAxis(
        range: ChartScale.logarithmicRange(of: points.map(\.x)), isLogarithmic: true, name: name)
      return axis.numbered(at: points.map(\.x), on: .across(width))
    }
  }

  /// The offset between two lines, as a fraction of the axis; between names it stays well inside a place.
  private static func step(_ across: Across) -> Double {
    switch across {
    case .share, .counts: 0.007
    case .names(let names): 0.08 / Double(names.count)
    }
  }

  /// Heights of the labels of levels: each at its level or, where two would overlap, as little above it as possible,
  /// but none above `top` as long as there is room below.
  static func apart(_ values: [Double], by distance: Double, below top: Double = .infinity) -> [Double] {
    var places = values
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var last = -Double.infinity
    for index in order {
      places[index] = max(values[index], last + distance)
      last = places[index]
    }
    var next = top + distance
    for index in order.reversed() {
      places[index] = min(places[index], next - distance)
      next = places[index]
    }
    return places
  }
}
