import Foundation
import Images
import Storage

extension Chart {
  /// One row of a forest plot.
  public struct Estimate: Hashable, Sendable {
    public var name: String
    public var value: Double
    /// `nil` where there is none.
    public var interval: ClosedRange<Double>?

    public init(name: String, value: Double, interval: ClosedRange<Double>? = nil) {
      (self.name, self.value, self.interval) = (name, value, interval)
    }
  }

  /// A difference in each network, their mean below them, and the band of negligible differences.
  ///
  /// The caption must state what the intervals are: those of the networks and that of the mean differ in meaning.
  ///
  /// - Parameters:
  ///   - networks: At least one, from top to bottom.
  ///   - mean: Drawn as a black diamond; `nil` where one network has no mean.
  ///   - margin: Half the width of the grey band.
  ///   - axis: Name of the difference, such as `κ of neurons − mean κ of rotations`.
  public static func forestPlot(
    caption: FigureCaption, networks: [Estimate], mean: Estimate?, margin: Double, axis: String
  ) -> Chart {
    precondition(!networks.isEmpty, "a forest plot has at least one row")
    precondition(margin > 0 && margin.isFinite, "a margin is positive and finite, got \(margin)")
    let estimates = networks + (mean.map { [$0] } ?? [])
    let values = estimates.flatMap { estimate in
      check(estimate.interval, estimate.name)
      return [estimate.value] + (estimate.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let range = ChartScale.range(of: values, including: [-margin, margin], share: 0.08)
    let numbers = estimates.map(number)
    // The mean is half a row apart from the networks.
    let places = estimates.indices.map { Double($0) + ($0 < networks.count ? 0 : 0.5) }
    let last = places[places.count - 1]
    let frame = ChartFrame(caption, width: 620)
    var plot = frame.plot(
      height: Int(32 * (last + 1.4)), right: ChartFrame.widest(numbers) + 16, above: 20,
      up: .rows(
        estimates.map { ChartFrame.font.fitted($0.name, toWidth: 190) }, at: places, from: -0.7,
        to: last + 0.7)
    ) { .linear(range, on: .across($0), name: axis) }
    plot.elements.append(.strip(-margin...margin, .grey(0xE8)))
    plot.addRule(across: 0, width: 1.5)
    plot.addName("margin ±\(AxisNumbers.texts([margin])[0])", above: 0)
    if mean != nil {
      plot.elements.append(
        .rule(.init(axis: .up, value: last - 0.75, stroke: .init(width: 0.5, colour: Style.faint))))
    }
    var table = ChartTable(["row", axis, "lower", "upper", "name"])
    for (row, estimate) in estimates.enumerated() {
      let isMean = row >= networks.count
      let colour = isMean ? Style.ink : Role.neurons.colour
      let rows = table.append([
        [
          places[row], estimate.value, estimate.interval?.lowerBound, estimate.interval?.upperBound,
          estimate.name,
        ]
      ])
      plot.add(
        .errorBars(.across, low: 3, high: 4, width: isMean ? 3 : 2), rows, x: .column(2), y: .column(1),
        colour)
      plot.add(
        .marks(isMean ? .diamond : .circle, size: isMean ? 6 : 4.5), rows, x: .column(2), y: .column(1),
        colour)
      plot.addNumber(numbers[row], atRow: places[row])
    }
    return Chart(caption, table, frame, [plot])
  }

  /// `+0.047 [+0.032, +0.062]`
  private static func number(_ estimate: Estimate) -> String {
    let value = signed(estimate.value)
    return estimate.interval.map { "\(value) [\(signed($0.lowerBound)), \(signed($0.upperBound))]" } ?? value
  }

  private static func signed(_ value: Double) -> String {
    // −0.0004 stays −0.000: the reader needs to see on which side of 0 an interval ends.
    String(format: "%+.3f", value).replacing("-", with: "−")
  }
}
