import Images
import Storage
import Tensors

extension Chart {
  /// A proportion for each class.
  public struct ClassSeries: Hashable, Sendable {
    public var name: String
    public var role: Role
    /// In the order of the classes.
    public var shares: [Share]

    public struct Share: Hashable, Sendable {
      public var value: Double
      public var interval: ClosedRange<Double>

      public init(value: Double, interval: ClosedRange<Double>) {
        (self.value, self.interval) = (value, interval)
      }

      /// - Returns: `nil` if the proportion's total is 0.
      public init?(_ proportion: Proportion) {
        guard let value = proportion.value, let interval = proportion.interval95 else { return nil }
        self.init(value: value, interval: interval)
      }
    }

    public init(name: String, role: Role, shares: [Share]) {
      (self.name, self.role, self.shares) = (name, role, shares)
    }
  }

  /// Proportions by class: a row for each class, a mark with its interval for each series. Classes are unordered, so
  /// they are not connected by lines.
  ///
  /// - Parameters:
  ///   - series: At least one, each with a proportion for every class.
  ///   - axis: Name of the proportions.
  public static func classShares(
    caption: FigureCaption, classNames: [String], series: [ClassSeries], axis: String
  ) -> Chart {
    precondition(!classNames.isEmpty && !series.isEmpty, "a chart of classes shows at least one share")
    precondition(
      series.allSatisfy { $0.shares.count == classNames.count },
      "every series has a share for each of \(classNames.count) classes")
    let names = classNames.map { ChartFrame.ticFont.truncated($0, toWidth: 200) }
    let nameWidth = names.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 22 + (12 + 12 * series.count) * classNames.count,
      room: .init(left: ChartFrame.edge + nameWidth + 14, right: 34),
      legend: series.map {
        .init(
          name: ChartFrame.ticFont.truncated($0.name, toWidth: 330), colour: $0.role.colour,
          point: $0.role.point, dash: "solid")
      })
    var rows: [[any CSVValue]] = []
    var plots: [ChartCode] = []
    for (number, line) in series.enumerated() {
      let first = rows.count
      rows += line.shares.enumerated().map { place, share in
        [
          place, share.value, share.interval.lowerBound, share.interval.upperBound,
          line.name, classNames[place],
        ]
      }
      // Series are slightly offset, in the order of the legend.
      let move = (Double(number) - Double(series.count - 1) / 2) * 0.5 / Double(series.count)
      let source: ChartCode = "data skip 1 every ::\(first)::\(rows.count - 1)"
      let colour: ChartCode = "linecolor rgb '\(line.role.colour)'"
      plots.append("\(source) using 2:($1 + \(move)):3:4 with xerrorbars pointtype 0 linewidth 2 \(colour)")
      plots.append(
        "\(source) using 2:($1 + \(move)) with points pointtype \(line.role.point) pointsize 1.2 \(colour)")
    }
    let tics = names.enumerated().map { Gnuplot.tic($1, at: $0) }.joined(separator: ", ")
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + [
        "set xrange [-0.02:1.02]",
        "set xtics 0.2",
        "set yrange [\(Double(classNames.count) - 0.4):-0.6]",
        "set ytics scale 0 (\(tics))",
        "set grid xtics noytics",
        "plot \(plots.joined(separator: continuation))",
      ]
    return Chart(
      script: script, table: [["row", axis, "lower", "upper", "series", "class"]] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
