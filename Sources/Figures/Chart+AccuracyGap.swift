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
    for point in points { check(point.interval, point.label) }
    let values = points.flatMap { [$0.value] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    func plot(in frame: ChartFrame) -> Plot {
      let height = 380
      return frame.plot(
        height: height, right: 16,
        up: .linear(
          ChartScale.range(of: values, including: [0], share: 0.05), on: .up(height),
          name: "error of the target, %")
      ) {
        .linear(
          ChartScale.range(of: points.map(\.x), including: [0], share: 0.06), on: .across($0),
          name: "gap in accuracy between source and target, percentage points")
      }
    }
    let labels = labels(of: points, in: plot(in: ChartFrame(caption, width: 640)))
    let unnamed = points.count - labels.count
    let frame = ChartFrame(
      caption, width: 640,
      notes: unnamed == 0
        ? []
        : [
          "\(unnamed) of \(points.count) pairs have no name here, where names would overlap; the data file has all."
        ])
    var plot = plot(in: frame)
    var table = ChartTable(["gap in points", "error in %", "lower", "upper", "pair"])
    let rows = table.append(
      points.map { [$0.x, $0.value, $0.interval?.lowerBound, $0.interval?.upperBound, $0.label] })
    plot.add(
      .errorBars(.up, low: 3, high: 4, width: 1), rows, x: .column(1), y: .column(2), Colour(0x9CC3DE))
    // Open symbols, so that coinciding points stay visible.
    plot.add(.marks(.openCircle, size: 3.6), rows, x: .column(1), y: .column(2), Role.random.colour)
    plot.elements += labels.map { .label($0) }
    return Chart(caption, table, frame, [plot])
  }

  /// A name beside each point that has room for one: right of it, left, above or below.
  private static func labels(of points: [LabelledPoint], in plot: Plot) -> [Plot.Label] {
    let font = ChartFrame.small
    let middles = points.map { (x: Int(plot.x($0.x).rounded()), y: Int(plot.y($0.value).rounded())) }
    var taken = middles.map { Rectangle(x: $0.x - 4, y: $0.y - 4, width: 8, height: 8) }
    var labels: [Plot.Label] = []
    for point in points where point.x.isFinite && point.value.isFinite {
      let text = font.fitted(point.label, toWidth: 220)
      let places: [(right: Int, down: Int, alignment: Canvas.Alignment)] = [
        (8, 0, .left), (-8, 0, .right), (0, -13, .centre), (0, 13, .centre), (6, -11, .left), (6, 11, .left),
        (-6, -11, .right), (-6, 11, .right),
      ]
      for place in places {
        let label = Plot.Label(
          text: text, x: .value(point.x), y: .value(point.value), right: place.right, down: place.down,
          font: font,
          alignment: place.alignment)
        let box = plot.text(label).box
        guard plot.area.contains(box), !taken.contains(where: box.overlaps) else { continue }
        taken.append(box)
        labels.append(label)
        break
      }
    }
    return labels
  }
}
