import Images
import Storage

extension Chart {
  /// A value at a point, with a short label.
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

  /// Transfer between two networks as a function of their difference in accuracy.
  ///
  /// - Parameter points: At least one: x in percentage points, the value in %.
  public static func accuracyGap(caption: FigureCaption, points: [LabelledPoint]) -> Chart {
    precondition(!points.isEmpty, "a chart of pairs has at least one pair")
    let values = points.flatMap { point in
      check(point.interval, point.label)
      return [point.value] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let frame = ChartFrame(caption, width: 820, plotHeight: 420, room: .init(left: 76, right: 90))
    let across = ChartScale.range(of: points.map(\.x), including: [0], share: 0.06)
    let up = ChartScale.range(of: values, including: [0], share: 0.05)
    let labels = Self.labels(
      of: points, pixelsAcross: Double(frame.plot.width) / (across.upperBound - across.lowerBound),
      pixelsUp: Double(frame.plot.height) / (up.upperBound - up.lowerBound))
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot)
      + frame.axisNames(
        x: "gap in accuracy between source and target, percentage points", y: "error of the target, %")
      + [
        "set xrange \(ChartScale.script(across))",
        "set yrange \(ChartScale.script(up))",
      ]
      + labels.map { label in
        "set label \(text: label.text) at \(label.x), \(label.y) left offset 0.8, 0"
          + " font 'DejaVu Sans,8' textcolor rgb '#1A1A1A'"
      }
      + [
        "plot data skip 1 using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1 linecolor rgb '#9CC3DE'"
          + continuation
          // Open symbols, so that coinciding points stay visible.
          + "data skip 1 using 1:2 with points pointtype 6 pointsize 0.9 linewidth 1.5 linecolor rgb '\(Role.random.colour)'"
      ]
    let rows: [[any CSVValue]] = points.map { point in
      [
        point.x, point.value, point.interval?.lowerBound, point.interval?.upperBound,
        point.label,
      ]
    }
    return Chart(
      script: script, table: [["gap in points", "error in %", "lower", "upper", "pair"]] + rows,
      width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }

  /// A label for each group of points whose labels would overlap: up to two names, otherwise their number.
  private static func labels(
    of points: [LabelledPoint], pixelsAcross: Double, pixelsUp: Double
  ) -> [(text: String, x: Double, y: Double)] {
    var groups: [[LabelledPoint]] = []
    for point in points {
      let near = groups.indices.filter { group in
        groups[group].contains {
          abs($0.x - point.x) * pixelsAcross < 40 && abs($0.value - point.value) * pixelsUp < 12
        }
      }
      let joined = near.flatMap { groups[$0] } + [point]
      for group in near.reversed() { groups.remove(at: group) }
      groups.append(joined)
    }
    return groups.map { group in
      (
        text: group.count < 3 ? group.map(\.label).joined(separator: ", ") : "\(group.count) pairs",
        x: group.map(\.x).max()!, y: group.map(\.value).reduce(0, +) / Double(group.count)
      )
    }
  }
}
