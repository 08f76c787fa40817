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
    let attackedDash = [4.0, 4]
    let legend = curves.flatMap { curve -> [ChartFrame.LegendEntry] in
      let colour = curve.role.colour
      return
        (curve.steps.isEmpty ? [] : [.init(name: "\(curve.name), certified", colour: colour, dash: [])])
        + (curve.attacked.isEmpty
          ? []
          : [
            .init(name: "\(curve.name), attacked", colour: colour, mark: curve.role.mark, dash: attackedDash)
          ])
    }
    let frame = ChartFrame(caption, legend: legend)
    let height = 300
    var plot = frame.plot(
      height: height, right: 16, up: .shares(on: .up(height), name: "share of the images")
    ) { .linear(-0.02 * largest...largest, on: .across($0), name: axis, within: 0...largest) }
    var table = ChartTable(["curve", "kind", axis, "accuracy", "lower", "upper", "name"])
    for (number, curve) in curves.enumerated() {
      let colour = curve.role.colour
      var steps: [[any CSVValue]] = curve.steps.map {
        [number, "certified", $0.x, $0.value, "", "", curve.name]
      }
      // The last accuracy extends to the end of the axis.
      if let last = curve.steps.last, last.x < largest {
        steps.append([number, "certified", largest, last.value, "", "", curve.name])
      }
      plot.add(
        .steps(width: ChartFrame.lineWidth, dash: []), table.append(steps), x: .column(3), y: .column(4),
        colour)
      let attacked = table.append(
        curve.attacked.map { point in
          check(point.interval, "radius \(point.x)")
          return [
            number, "attacked", point.x, point.value, point.interval?.lowerBound, point.interval?.upperBound,
            curve.name,
          ]
        })
      // Classifiers are slightly offset so that their intervals can be distinguished.
      let x = PlotSeries.Column.column(
        3, offset: (Double(number) - Double(curves.count - 1) / 2) * 0.005 * largest)
      plot.add(.errorBars(.up, low: 5, high: 6, width: 1.5), attacked, x: x, y: .column(4), colour)
      plot.add(
        .curve(width: 1.5, dash: attackedDash, mark: curve.role.mark), attacked, x: x, y: .column(4), colour)
    }
    return Chart(caption, table, frame, [plot])
  }
}
