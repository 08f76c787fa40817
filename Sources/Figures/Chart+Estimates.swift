import Foundation
import Storage

extension Chart {
  /// A few estimates with their intervals, one below the other, and a reference value.
  ///
  /// The caption must state what the intervals are.
  ///
  /// - Parameters:
  ///   - rows: At least one, from top to bottom: neurons, random directions, a control.
  ///   - reference: A dashed line with its name, such as chance; nil for none.
  ///   - range: Range of the axis, the whole scale of the measure.
  public static func estimates(
    caption: FigureCaption, rows: [Estimate], reference: (value: Double, name: String)?,
    range: ClosedRange<Double>, axis: String
  ) -> Chart {
    precondition(!rows.isEmpty, "a chart of estimates has at least one row")
    precondition(
      rows.allSatisfy { range.contains($0.value) }, "an estimate lies outside the scale \(range)")
    for row in rows { check(row.interval, row.name) }
    let numbers = rows.map(Self.unsigned)
    let frame = ChartFrame(caption, width: 620)
    var plot = frame.plot(
      height: 40 * rows.count + 30, right: ChartFrame.widest(numbers) + 16, above: 20,
      up: .rows(
        rows.map { ChartFrame.font.fitted($0.name, toWidth: 190) }, at: rows.indices.map(Double.init),
        from: -0.6,
        to: Double(rows.count) - 0.4)
    ) { .linear(range, on: .across($0), name: axis) }
    if let reference {
      plot.addRule(across: reference.value, name: reference.name, width: 1.5, dash: [4, 3])
    }
    var table = ChartTable(["row", axis, "lower", "upper", "name"])
    for (place, row) in rows.enumerated() {
      let colour = [Role.neurons, .random, .control][min(place, 2)].colour
      let line = table.append([
        [place, row.value, row.interval?.lowerBound, row.interval?.upperBound, row.name]
      ])
      plot.add(.errorBars(.across, low: 3, high: 4, width: 2), line, x: .column(2), y: .column(1), colour)
      plot.add(.marks(.circle, size: 5), line, x: .column(2), y: .column(1), colour)
      plot.addNumber(numbers[place], atRow: Double(place))
    }
    return Chart(caption, table, frame, [plot])
  }

  /// `0.781 [0.742, 0.815]`
  private static func unsigned(_ estimate: Estimate) -> String {
    func text(_ value: Double) -> String { String(format: "%.3f", value) }
    let value = text(estimate.value)
    return estimate.interval.map { "\(value) [\(text($0.lowerBound)), \(text($0.upperBound))]" } ?? value
  }
}
