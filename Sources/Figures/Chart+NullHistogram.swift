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
    let highest = bins.counts.max() ?? 1
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 320,
      room: .init(left: 86, right: 30))
    // The text is on the side of the line that has more room.
    let isRight = observed < (range.lowerBound + range.upperBound) / 2
    let side: ChartCode = isRight ? "left offset 0.8, 0" : "right offset -0.8, 0"
    let value = Numbers.threeDigits(observed)
    let name = ChartFrame.ticFont.truncated(observedName, toWidth: 260)
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis, y: drawName)
      + [
        "set xrange \(ChartScale.script(range))",
        // Headroom for the text beside the line, above every bar.
        "set yrange [0:\(Double(highest) * 1.3)]",
        "set grid ytics noxtics",
        "set style fill solid 1 border rgb 'white'",
        "set arrow from \(observed), 0 to \(observed), graph 1 nohead linewidth 2.5 linecolor rgb '\(Role.neurons.colour)' front",
        "set label \(text: "\(name) \(value)") at \(observed), graph 0.955 \(side) font 'DejaVu Sans Bold,10'"
          + " textcolor rgb '\(Role.neurons.colour)' front",
        "set label \(text: "p = \(pText(p)), \(draws.count) \(drawName)") at \(observed), graph 0.88 \(side)"
          + " textcolor rgb '#1A1A1A' front",
        "plot data skip 1 using (($1 + $2) / 2):3:($2 - $1) with boxes linecolor rgb '\(Role.random.colour)'",
      ]
    let rows: [[any CSVValue]] = bins.counts.enumerated().map { bin, count in
      [bins.edge(bin), bins.edge(bin + 1), count]
    }
    return Chart(
      script: script, table: [["lower", "upper", drawName]] + rows, width: frame.width, height: frame.height,
      scale: 2)
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
