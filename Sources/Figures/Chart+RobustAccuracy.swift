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
      caption, legend: curves.map { .init(name: $0.name, colour: $0.role.colour, dash: $0.role.dash) })
    let height = 300
    var plot = frame.plot(
      height: height, right: 16,
      up: .shares(on: .up(height), name: "images still classified correctly", margin: 0)
    ) { .linear(0...largest, on: .across($0), name: axis) }
    var table = ChartTable(["curve", axis, "accuracy", "name"])
    for (number, curve) in curves.enumerated() {
      var rows: [[any CSVValue]] = curve.steps.map { [number, $0.x, $0.value, curve.name] }
      // The last accuracy extends to the end of the axis.
      if let last = curve.steps.last, last.x < largest {
        rows.append([number, largest, last.value, curve.name])
      }
      plot.add(
        .steps(width: ChartFrame.lineWidth, dash: curve.role.dash), table.append(rows), x: .column(2),
        y: .column(3),
        curve.role.colour)
    }
    return Chart(caption, table, frame, [plot])
  }
}
