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
    let names = estimates.map { ChartFrame.ticFont.truncated($0.name, toWidth: 220) }
    let nameWidth = names.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    let numbers = estimates.map(number)
    let numberWidth = numbers.map(ChartFrame.ticFont.width(of:)).max() ?? 0
    // The mean is half a row apart from the networks.
    let places = estimates.indices.map { Double($0) + ($0 < networks.count ? 0 : 0.5) }
    let last = places[places.count - 1]
    let frame = ChartFrame(
      caption, width: 760, plotHeight: Int(32 * (last + 1.4)),
      room: .init(
        left: ChartFrame.edge + nameWidth + 14, right: ChartFrame.edge + numberWidth + 14, above: 12))

    var plots: [ChartCode] = []
    for (row, estimate) in estimates.enumerated() {
      let source: ChartCode = "data skip 1 every ::\(row)::\(row)"
      let isMean = row >= networks.count
      let colour: ChartCode = "linecolor rgb '\(isMean ? "#1A1A1A" : Role.neurons.colour)'"
      if estimate.interval != nil {
        plots.append(
          "\(source) using 2:1:3:4 with xerrorbars pointtype 0 linewidth \(isMean ? 3 : 2) \(colour)")
      }
      plots.append(
        "\(source) using 2:1 with points pointtype \(isMean ? 13 : 7) pointsize \(isMean ? 2 : 1.2) \(colour)"
      )
    }
    let tics = zip(names, places).map { Gnuplot.tic($0, at: $1) }.joined(separator: ", ")
    var script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis)
      + [
        "set xrange \(ChartScale.script(range))",
        "set yrange [\(last + 0.7):-0.7]",
        "set ytics scale 0 (\(tics))",
        "set grid xtics noytics",
        "set object rectangle from \(-margin), graph 0 to \(margin), graph 1 behind fillcolor rgb '#E8E8E8' fillstyle solid noborder",
        "set arrow from 0, graph 0 to 0, graph 1 nohead linewidth 1.5 linecolor rgb '#5A5A5A'",
        "set label 'margin ±\(margin)' at 0, graph 1 center offset 0, 0.5 font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'",
      ]
    script += zip(numbers, places).map { text, place in
      "set label \(text: text) at graph 1, first \(place) left offset 1.2, 0 textcolor rgb '#1A1A1A'"
    }
    if mean != nil {
      script.append(
        "set arrow from graph 0, first \(last - 0.75) to graph 1, first \(last - 0.75) nohead linewidth 0.5 linecolor rgb '#5A5A5A'"
      )
    }
    script.append("plot \(plots.joined(separator: continuation))")
    let rows: [[any CSVValue]] = zip(estimates, places).map { estimate, place in
      [
        place, estimate.value, estimate.interval?.lowerBound,
        estimate.interval?.upperBound,
        estimate.name,
      ]
    }
    return Chart(
      script: script, table: [["row", axis, "lower", "upper", "name"]] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
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
