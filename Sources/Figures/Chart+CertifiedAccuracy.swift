import Images
import Storage

extension Chart {
  /// Certified accuracy and robust accuracy under an attack, for one classifier.
  public struct CertifiedCurve: Hashable, Sendable {
    public var name: String
    public var role: Role
    /// Certified accuracy by ascending radius, the first at 0; constant until the next radius. Empty for none.
    public var steps: [Point]
    /// Robust accuracy under an attack, at each radius tested.
    public var attacked: [Point]

    public init(name: String, role: Role, steps: [Point] = [], attacked: [Point] = []) {
      (self.name, self.role, self.steps, self.attacked) = (name, role, steps, attacked)
    }
  }

  /// Certified accuracy as steps, and accuracy under attack as marks with intervals, against the radius.
  ///
  /// - Parameters:
  ///   - curves: At least one; values in [0, 1].
  ///   - largest: Right end of the axis, positive.
  public static func certifiedAccuracy(
    caption: FigureCaption, curves: [CertifiedCurve], largest: Double, axis: String
  ) -> Chart {
    precondition(
      !curves.isEmpty && curves.allSatisfy { $0.steps.isEmpty || $0.steps.first?.x == 0 },
      "a curve of certified accuracy begins at 0")
    precondition(largest > 0 && largest.isFinite, "the axis ends at a positive radius, got \(largest)")
    let attackedDash: ChartCode = "(4,4)"
    let legend = curves.flatMap { curve -> [ChartFrame.LegendEntry] in
      let name = ChartFrame.ticFont.truncated(curve.name, toWidth: 300)
      return
        (curve.steps.isEmpty
        ? [] : [.init(name: "\(name), certified", colour: curve.role.colour, point: 0, dash: "solid")])
        + (curve.attacked.isEmpty
          ? []
          : [
            .init(
              name: "\(name), attacked", colour: curve.role.colour, point: curve.role.point,
              dash: attackedDash)
          ])
    }
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 350, room: .init(left: 86, right: 34), legend: legend)
    var rows: [[any CSVValue]] = []
    var plots: [ChartCode] = []
    for (number, curve) in curves.enumerated() {
      let colour: ChartCode = "linecolor rgb '\(curve.role.colour)'"
      if let last = curve.steps.last {
        let first = rows.count
        rows += curve.steps.map { [number, "certified", $0.x, $0.value, "", "", curve.name] }
        // The last accuracy extends to the end of the axis.
        if last.x < largest {
          rows.append([number, "certified", largest, last.value, "", "", curve.name])
        }
        plots.append(
          "data skip 1 every ::\(first)::\(rows.count - 1) using 3:4 with steps linewidth 2 \(colour)")
      }
      guard !curve.attacked.isEmpty else { continue }
      let first = rows.count
      rows += curve.attacked.map { point in
        check(point.interval, "radius \(point.x)")
        return [
          number, "attacked", point.x, point.value, point.interval?.lowerBound,
          point.interval?.upperBound, curve.name,
        ]
      }
      // Classifiers are slightly offset so that their intervals can be distinguished.
      let shift = (Double(number) - Double(curves.count - 1) / 2) * 0.004 * largest
      let source: ChartCode = "data skip 1 every ::\(first)::\(rows.count - 1) using ($3 + \(shift))"
      plots.append("\(source):4:5:6 with yerrorbars pointtype 0 linewidth 1.5 \(colour)")
      plots.append(
        "\(source):4 with linespoints linewidth 1.5 dashtype \(attackedDash) pointtype \(curve.role.point)"
          + " pointsize 1 \(colour)")
    }
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis, y: "share of the images")
      + [
        "set xrange [\(-0.02 * largest):\(largest)]", "set yrange [-0.02:1.02]",
        "set ytics (\((0...5).map { Gnuplot.tic("\($0 * 20) %", at: Double($0) / 5) }.joined(separator: ", ")))",
        "plot \(plots.joined(separator: continuation))",
      ]
    return Chart(
      script: script, table: [["curve", "kind", axis, "accuracy", "lower", "upper", "name"]] + rows,
      width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
