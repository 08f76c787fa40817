import Images
import Storage

extension Chart {
  /// One row of a ladder: a condition, its mean over networks, and each network.
  public struct Rung: Hashable, Sendable {
    public var name: String
    public var value: Double
    /// For example the 95 % interval over networks; `nil` if there is none.
    public var interval: ClosedRange<Double>?
    /// One small dot per network; may be empty.
    public var networks: [Double]
    public var role: Role

    public init(
      name: String, value: Double, interval: ClosedRange<Double>? = nil, networks: [Double] = [], role: Role
    ) {
      (self.name, self.value, self.interval) = (name, value, interval)
      (self.networks, self.role) = (networks, role)
    }
  }

  /// The ladder of controls: the level of each condition between the floor 0, random images, and the ceiling 1, one
  /// class.
  ///
  /// The data file has one row per mean (`network` empty) and one per network.
  ///
  /// - Parameters:
  ///   - rungs: At least one, from the top row to the bottom.
  ///   - axis: Name of the value, such as `label agreement κ`.
  public static func ladder(caption: FigureCaption, rungs: [Rung], axis: String) -> Chart {
    precondition(!rungs.isEmpty, "a ladder has at least one rung")
    let values = rungs.flatMap { rung in
      check(rung.interval, rung.name)
      return [rung.value] + rung.networks + (rung.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let range = ChartScale.range(of: values, including: [0, 1], share: 0.03)
    let names = rungs.map { ChartFrame.ticFont.truncated($0.name, toWidth: 250) }
    let nameWidth = names.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 22 + 34 * rungs.count,
      room: .init(left: ChartFrame.edge + nameWidth + 14, right: 70, above: 12))

    var rows: [[any CSVValue]] = []
    var plots: [ChartCode] = []
    for (place, rung) in rungs.enumerated() {
      let first = rows.count
      rows.append([
        place, rung.value, rung.interval?.lowerBound, rung.interval?.upperBound, "",
        rung.name,
      ])
      rows += rung.networks.enumerated().map {
        [place, $1, "", "", $0 + 1, rung.name]
      }
      let mean: ChartCode = "data skip 1 every ::\(first)::\(first)"
      let colour: ChartCode = "linecolor rgb '\(rung.role.colour)'"
      if !rung.networks.isEmpty {
        // Below the mean, so that neither hides the other.
        plots.append(
          "data skip 1 every ::\(first + 1)::\(rows.count - 1) using 2:($1 + 0.24) with points pointtype 6"
            + " pointsize 0.55 linewidth 1 \(colour)")
      }
      if rung.interval != nil {
        plots.append("\(mean) using 2:1:3:4 with xerrorbars pointtype 0 linewidth 2 \(colour)")
      }
      plots.append("\(mean) using 2:1 with points pointtype \(rung.role.point) pointsize 1.3 \(colour)")
    }
    let tics = names.enumerated().map { Gnuplot.tic($1, at: $0) }.joined(separator: ", ")
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + [
        "set xrange \(ChartScale.script(range))",
        "set yrange [\(Double(rungs.count) - 0.4):-0.6]",
        "set xtics 0.2",
        "set ytics scale 0 (\(tics))",
        "set grid xtics noytics",
      ]
      + [(0.0, "floor"), (1.0, "ceiling")].flatMap { value, name in
        [
          "set arrow from \(value), graph 0 to \(value), graph 1 nohead dashtype 2 linewidth 1.2 linecolor rgb '#5A5A5A'",
          "set label \(text: name) at \(value), graph 1 center offset 0, 0.5 font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'",
        ]
      }
      + rungs.enumerated().map { place, rung in
        "set label \(text: Numbers.twoDecimals(rung.value)) at graph 1, first \(place) left offset 1.2, 0 textcolor rgb '#1A1A1A'"
      }
      + ["plot \(plots.joined(separator: continuation))"]
    let heading = ["row", axis, "lower", "upper", "network", "condition"]
    return Chart(
      script: script, table: [heading] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
