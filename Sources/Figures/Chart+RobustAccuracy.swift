import Images
import Storage

extension Chart {
  /// Robust accuracy by perturbation size: a step at every image that becomes misclassified.
  public struct AccuracyCurve: Hashable, Sendable {
    public var name: String
    public var role: Role
    /// In ascending order of size, the first at 0; constant until the next size.
    public var steps: [Point]

    public init(name: String, role: Role, steps: [Point]) {
      (self.name, self.role, self.steps) = (name, role, steps)
    }
  }

  /// Robust accuracy against the size of the perturbation.
  ///
  /// - Parameters:
  ///   - curves: At least one; values in [0, 1].
  ///   - largest: Right end of the axis, positive.
  ///   - axis: For example `size of the perturbation, L2`.
  public static func robustAccuracy(
    caption: FigureCaption, curves: [AccuracyCurve], largest: Double, axis: String
  ) -> Chart {
    precondition(
      !curves.isEmpty && curves.allSatisfy { $0.steps.first?.x == 0 }, "a curve of accuracy begins at 0")
    precondition(largest > 0 && largest.isFinite, "the axis ends at a positive size, got \(largest)")
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 330, room: .init(left: 86, right: 34),
      legend: curves.map {
        .init(
          name: ChartFrame.ticFont.truncated($0.name, toWidth: 300), colour: $0.role.colour, point: 0,
          dash: $0.role.dash)
      })
    var rows: [[any CSVValue]] = []
    var lines: [ChartCode] = []
    for (number, curve) in curves.enumerated() {
      let first = rows.count
      rows += curve.steps.map { [number, $0.x, $0.value, curve.name] }
      // The last accuracy extends to the end of the axis.
      if let last = curve.steps.last, last.x < largest {
        rows.append([number, largest, last.value, curve.name])
      }
      lines.append(
        "data skip 1 every ::\(first)::\(rows.count - 1) using 2:3 with steps linewidth 2 dashtype \(curve.role.dash)"
          + " linecolor rgb '\(curve.role.colour)'")
    }
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot)
      + frame.axisNames(x: axis, y: "images still classified correctly")
      + [
        "set xrange [0:\(largest)]", "set yrange [0:1]",
        "set ytics (\((0...5).map { Gnuplot.tic("\($0 * 20) %", at: Double($0) / 5) }.joined(separator: ", ")))",
        "plot \(lines.joined(separator: continuation))",
      ]
    return Chart(
      script: script, table: [["curve", axis, "accuracy", "name"]] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
