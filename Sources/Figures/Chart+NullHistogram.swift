import Foundation
import Images
import Storage

extension Chart {
  /// Draws of a statistic under the null hypothesis, with the observed value.
  ///
  /// - Parameters:
  ///   - draws: At least one, finite; the data file holds the bins drawn.
  ///   - observed: The observed value.
  ///   - observedName: For example `neurons`.
  ///   - p: The computed p; printed beside the line.
  ///   - axis: Name of the value, such as `mean label agreement κ of a basis`.
  ///   - drawName: What is counted, such as `rotations`.
  public static func nullHistogram(
    caption: FigureCaption, draws: [Double], observed: Double, observedName: String, p: Double, axis: String,
    drawName: String
  ) -> Chart {
    precondition(
      !draws.isEmpty && draws.allSatisfy(\.isFinite), "a null histogram has finite draws, at least one")
    precondition(observed.isFinite, "the observed value of a null histogram is finite, got \(observed)")
    let bins = Bins(draws)
    let range = ChartScale.range(of: [bins.lower, bins.upper, observed], share: 0.08)
    let frame = ChartFrame(caption)
    var (table, plot) = histogram(of: bins, range, in: frame, axis: axis, countName: drawName, headroom: 0.3)
    plot.addRule(across: observed, width: 2.5, Role.neurons.colour)
    let lines: [(text: String, font: Font, colour: Colour)] = [
      ("\(observedName) \(Numbers.threeDigits(observed))", ChartFrame.bold, Role.neurons.colour),
      (
        "p = \(pText(p)), \(AxisNumbers.decimal(Double(draws.count), digits: 0)) \(drawName)",
        ChartFrame.font, Style.ink
      ),
    ]
    plot.addLines(lines, beside: observed)
    return Chart(caption, table, frame, [plot])
  }

  /// Bars of the bins with room for texts above them.
  ///
  /// - Parameter headroom: Relative to the highest bar.
  static func histogram(
    of bins: Bins, _ range: ClosedRange<Double>, in frame: ChartFrame, axis: String, countName: String,
    headroom: Double
  ) -> (table: ChartTable, plot: Plot) {
    let height = 280
    let highest = Double(bins.counts.max() ?? 1)
    var up = PlotAxis.linear(
      0...highest * (1 + headroom), on: .up(height), name: countName, isWhole: true)
    // No number stands beside the headroom.
    up.ticks.removeAll { $0.value > highest * 1.1 }
    var plot = frame.plot(height: height, up: up) { .linear(range, on: .across($0), name: axis) }
    plot.across.hasGrid = false
    var table = ChartTable(["lower", "upper", countName])
    let rows = table.append(bins.counts.enumerated().map { [bins.edge($0), bins.edge($0 + 1), $1] })
    plot.add(.boxes(low: 1, high: 2, least: 0), rows, x: .column(1), y: .column(3), Role.random.colour)
    return (table, plot)
  }

  /// Three decimals; four if three would round it to 0.
  static func pText(_ p: Double) -> String {
    precondition((0...1).contains(p), "a p-value lies in [0, 1], got \(p)")
    return p >= 0.0005 || p == 0
      ? String(format: "%.3f", p) : p >= 0.0001 ? String(format: "%.4f", p) : Numbers.threeDigits(p)
  }

  /// Bins between multiples of a round width.
  struct Bins {
    private let first: Int
    private let width: Double
    let counts: [Int]

    /// About as many bins as the square root of the number of values, 5 to 40.
    init(_ values: [Double]) {
      let (low, high) = (values.min()!, values.max()!)
      let wanted = min(40, max(5, Double(values.count).squareRoot().rounded()))
      let width =
        high > low
        ? ChartScale.step(above: (high - low) / wanted) : ChartScale.step(above: max(abs(high), 1) / 20)
      // A value within rounding of an edge belongs to the bin above it.
      func number(_ value: Double) -> Int { Int((value / width + 1e-9).rounded(.down)) }
      let first = number(low)
      var counts = [Int](repeating: 0, count: number(high) - first + 1)
      for value in values { counts[number(value) - first] += 1 }
      (self.first, self.width, self.counts) = (first, width, counts)
    }

    func edge(_ bin: Int) -> Double { Double(first + bin) * width }
    var lower: Double { edge(0) }
    var upper: Double { edge(counts.count) }
  }
}
