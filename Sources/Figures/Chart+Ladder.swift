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
    let frame = ChartFrame(caption)
    let height = 22 + 34 * rungs.count
    let numbers = rungs.map { Numbers.twoDecimals($0.value) }
    var plot = frame.plot(
      height: height, right: ChartFrame.widest(numbers) + 16, above: 20,
      up: .rows(
        rungs.map { ChartFrame.font.fitted($0.name, toWidth: 250) }, at: rungs.indices.map(Double.init),
        from: -0.6,
        to: Double(rungs.count) - 0.4)
    ) { .linear(ChartScale.range(of: values, including: [0, 1], share: 0.03), on: .across($0), name: axis) }
    for (value, name) in [(0.0, "floor"), (1, "ceiling")] {
      plot.addRule(across: value, name: name, dash: [4, 3])
    }

    var table = ChartTable(["row", axis, "lower", "upper", "network", "condition"])
    for (place, rung) in rungs.enumerated() {
      let mean = table.append([
        [place, rung.value, rung.interval?.lowerBound, rung.interval?.upperBound, "", rung.name]
      ])
      let networks = table.append(rung.networks.enumerated().map { [place, $1, "", "", $0 + 1, rung.name] })
      // Below the mean, so that neither hides the other.
      plot.add(
        .marks(.openCircle, size: 2.2), networks, x: .column(2), y: .column(1, offset: 0.26), rung.role.colour
      )
      plot.add(
        .errorBars(.across, low: 3, high: 4, width: 2), mean, x: .column(2), y: .column(1), rung.role.colour)
      plot.add(.marks(rung.role.mark, size: 5), mean, x: .column(2), y: .column(1), rung.role.colour)
      plot.addNumber(numbers[place], atRow: Double(place))
    }
    return Chart(caption, table, frame, [plot])
  }
}
