import Images

extension Chart {
  /// A value at a place, with a few letters beside it.
  public struct LabelledPoint: Hashable, Sendable {
    public var x: Double
    public var value: Double
    /// `nil` where there is none.
    public var interval: ClosedRange<Double>?
    public var label: String

    public init(x: Double, value: Double, interval: ClosedRange<Double>? = nil, label: String) {
      (self.x, self.value, self.interval, self.label) = (x, value, interval, label)
    }
  }

  /// Transfer between two networks against how far apart they are in accuracy.
  ///
  /// - Parameter points: At least one: x in percentage points, the value in %.
  public static func accuracyGap(caption: FigureCaption, points: [LabelledPoint]) -> Chart {
    precondition(!points.isEmpty, "a chart of pairs has at least one pair")
    let values = points.flatMap { point in
      check(point.interval, point.label)
      return [point.value] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let frame = ChartFrame(caption, width: 820, plotHeight: 420, room: .init(left: 76, right: 50))
    let source = "data skip 1 using 1:2"
    let colour = "linecolor rgb '\(Role.random.colour)'"
    let script =
      frame.lines + frame.margins(frame.plot)
      + frame.axisNames(
        x: "gap in accuracy between source and target, percentage points", y: "error of the target, %")
      + [
        "set xrange \(ChartScale.script(ChartScale.range(of: points.map(\.x), including: [0], share: 0.06)))",
        "set yrange \(ChartScale.script(ChartScale.range(of: values, including: [0], share: 0.05)))",
        "plot data skip 1 using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1 linecolor rgb '#9CC3DE'"
          + continuation + "\(source) with points pointtype 7 pointsize 0.8 \(colour)"
          + continuation
          + "data skip 1 using 1:2:5 with labels left offset 0.6, 0 font 'DejaVu Sans,8' textcolor rgb '#1A1A1A'",
      ]
    let rows = points.map { point in
      [
        cell(point.x), cell(point.value), cell(point.interval?.lowerBound), cell(point.interval?.upperBound),
        point.label,
      ]
    }
    return Chart(
      script: script, table: [["gap in points", "error in %", "lower", "upper", "pair"]] + rows,
      width: frame.width, height: frame.height, scale: 2)
  }
}
