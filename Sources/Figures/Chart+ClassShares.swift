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
    let frame = ChartFrame(
      caption,
      legend: series.map { .init(name: $0.name, colour: $0.role.colour, mark: $0.role.mark, dash: []) })
    let places = classNames.indices.map(Double.init)
    var plot = frame.plot(
      height: 22 + (12 + 12 * series.count) * classNames.count, right: 16,
      up: .rows(
        classNames.map { ChartFrame.font.fitted($0, toWidth: 190) }, at: places, from: -0.6,
        to: Double(classNames.count) - 0.4)
    ) { .shares(on: .across($0), name: axis) }
    var table = ChartTable(["row", axis, "lower", "upper", "series", "class"])
    for (number, line) in series.enumerated() {
      let rows = table.append(
        line.shares.enumerated().map { place, share in
          [
            place, share.value, share.interval.lowerBound, share.interval.upperBound, line.name,
            classNames[place],
          ]
        })
      // Series are slightly offset, in the order of the legend.
      let move = (Double(number) - Double(series.count - 1) / 2) * 0.6 / Double(series.count)
      let row = PlotSeries.Column.column(1, offset: move)
      plot.add(.errorBars(.across, low: 3, high: 4, width: 2), rows, x: .column(2), y: row, line.role.colour)
      plot.add(.marks(line.role.mark, size: 4), rows, x: .column(2), y: row, line.role.colour)
    }
    return Chart(caption, table, frame, [plot])
  }
}
