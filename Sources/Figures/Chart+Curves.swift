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
    let values =
      levels.map(\.value)
      + points.flatMap { point in
        check(point.interval, "x = \(point.x)")
        return [point.value] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
      }
    let range = ChartScale.range(of: values, share: 0.06)
    let horizontal = Horizontal(across, points: points, seriesCount: series.count)
    let levelNames = levels.map { ChartFrame.footFont.truncated($0.name, toWidth: 150) }
    let levelWidth = levelNames.map(ChartFrame.footFont.width(of:)).max() ?? 0
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 330,
      room: .init(
        left: max(86, horizontal.leastLeft, ChartFrame.leastLeft(ofTicsIn: range)),
        right: levels.isEmpty ? 34 : ChartFrame.edge + levelWidth + 10,
        below: 62 + horizontal.extraBelow),
      legend: series.map {
        .init(
          name: ChartFrame.ticFont.truncated($0.name, toWidth: 300), colour: $0.role.colour,
          point: $0.role.point,
          dash: $0.role.dash)
      })

    var rows: [[any CSVValue]] = []
    var bars: [ChartCode] = []
    var lines: [ChartCode] = []
    for (number, line) in series.enumerated() {
      let first = rows.count
      rows += line.points.sorted { $0.x < $1.x }.map {
        [
          number, $0.x, $0.value, $0.interval?.lowerBound,
          $0.interval?.upperBound,
          line.name,
        ]
      }
      let source: ChartCode =
        "data skip 1 every ::\(first)::\(rows.count - 1) using \(horizontal.moved("$2", number))"
      let colour: ChartCode = "linecolor rgb '\(line.role.colour)'"
      if line.points.contains(where: { $0.interval != nil }) {
        bars.append("\(source):3:4:5 with yerrorbars pointtype 0 linewidth 1.5 \(colour)")
      }
      lines.append(
        "\(source):3 with linespoints linewidth 2 dashtype \(line.role.dash) pointtype \(line.role.point)"
          + " pointsize 1 \(colour)")
    }
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot)
      + frame.axisNames(x: "", y: axis)
      + [
        "set label \(text: acrossName) at"
          + " \(frame.place(frame.plot.x + frame.plot.width / 2, frame.plot.bottom + 40 + horizontal.extraBelow)) center",
        "set yrange \(ChartScale.script(range))",
      ] + horizontal.lines
      + levels.map {
        "set arrow from graph 0, first \($0.value) to graph 1, first \($0.value) nohead dashtype (9,3,2,3)"
          + " linewidth 1.5 linecolor rgb '#5A5A5A'"
      }
      + zip(levelNames, apart(levels.map(\.value), by: 15 * (range.upperBound - range.lowerBound) / 330)).map
    {
      "set label \(text: $0) at graph 1, first \($1) left offset 0.8, 0"
        + " font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'"
    }
      + [
        "# Lines stand a little apart so that their intervals can be told from each other.",
        "plot \((bars + lines).joined(separator: continuation))",
      ]
    let heading = ["series", "x", axis, "lower", "upper", "name"]
    return Chart(
      script: script, table: [heading] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }

  /// Heights of the labels of levels: each at its level or, where two would overlap, as little above it as possible.
  static func apart(_ values: [Double], by distance: Double) -> [Double] {
    var places = values
    var last = -Double.infinity
    for index in values.indices.sorted(by: { (values[$0], $0) < (values[$1], $1) }) {
      places[index] = max(values[index], last + distance)
      last = places[index]
    }
    return places
  }

  /// Range, tics and the small horizontal offset of each line.
  private struct Horizontal {
    let lines: [ChartCode]
    /// Pixels that slanted names need below the usual room.
    let extraBelow: Int
    /// Pixels left of the axes that a slanted first name needs.
    let leastLeft: Int
    private let moves: [ChartCode]

    init(_ across: Across, points: [Point], seriesCount: Int) {
      // In steps from the middle: −½, ½ for two lines.
      let steps = (0..<seriesCount).map { Double($0) - Double(seriesCount - 1) / 2 }
      switch across {
      case .share:
        lines = ["set xrange [-0.04:1.04]", "set xtics 0.1"]
        (extraBelow, leastLeft) = (0, 0)
        moves = steps.map { " + \($0 * 0.006)" }
      case .names(let names):
        let short = names.map { ChartFrame.ticFont.truncated($0, toWidth: 150) }
        let widest = short.map(ChartFrame.ticFont.width(of:)).max() ?? 0
        let isSlanted = widest > 620 / names.count - 8
        let tics = short.enumerated().map { Gnuplot.tic($1, at: $0) }.joined(separator: ", ")
        lines = [
          "set xrange [-0.5:\(Double(names.count) - 0.5)]",
          "set xtics \(isSlanted ? "rotate by 40 right " : "")(\(tics))",
        ]
        // At 40°, sine and cosine are 0.64 and 0.77; the first name ends half a position inside the axes.
        extraBelow = isSlanted ? Int(0.65 * Double(widest)) : 0
        leastLeft = isSlanted ? Int(0.77 * Double(widest)) - 270 / names.count + ChartFrame.edge : 0
        moves = steps.map { " + \($0 * min(0.08, 0.4 / Double(seriesCount)))" }
      case .counts:
        let places = Set(points.map(\.x)).sorted()
        let (low, high) = (places[0], places[places.count - 1])
        let tics = places.map { Gnuplot.tic(Numbers.factor($0), at: $0) }.joined(separator: ", ")
        lines = [
          "set logscale x", "set xrange [\(low / 1.25):\(high * 1.25)]", "set xtics (\(tics))",
          "unset mxtics",
        ]
        (extraBelow, leastLeft) = (0, 0)
        moves = steps.map { " * \(pow(1.03, $0))" }
      }
    }

    func moved(_ column: ChartCode, _ series: Int) -> ChartCode { "(\(column)\(moves[series]))" }
  }
}
