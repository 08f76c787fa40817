import Images
import Storage

extension Chart {
  /// Perturbation sizes: a histogram, with the median.
  ///
  /// - Parameters:
  ///   - distances: Distances of the successes, at least one, finite.
  ///   - axis: For example `L2 distance to the adversarial image`.
  public static func distortions(
    caption: FigureCaption, distances: [Double], median: Double, axis: String
  ) -> Chart {
    precondition(
      !distances.isEmpty && distances.allSatisfy(\.isFinite), "a histogram has finite values, at least one")
    let bins = Bins(distances)
    let range = ChartScale.range(of: [bins.lower, bins.upper, median], share: 0.04)
    let highest = bins.counts.max() ?? 1
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 320, room: .init(left: 86, right: 30))
    let isRight = median < (range.lowerBound + range.upperBound) / 2
    let side: ChartCode = isRight ? "left offset 0.8, 0" : "right offset -0.8, 0"
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: axis, y: "images")
      + [
        "set xrange \(ChartScale.script(range))",
        "set yrange [0:\(Double(highest) * 1.2)]",
        "set grid ytics noxtics",
        "set style fill solid 1 border rgb 'white'",
        "set arrow from \(median), 0 to \(median), graph 1 nohead linewidth 2 dashtype (9,4) linecolor rgb '#1A1A1A'"
          + " front",
        "set label \(text: "median \(Numbers.threeDigits(median))") at \(median), graph 0.95 \(side)"
          + " textcolor rgb '#1A1A1A' front",
        "plot data skip 1 using (($1 + $2) / 2):3:($2 - $1) with boxes linecolor rgb '\(Role.random.colour)'",
      ]
    let rows: [[any CSVValue]] = bins.counts.enumerated().map { bin, count in
      [bins.edge(bin), bins.edge(bin + 1), count]
    }
    return Chart(
      script: script, table: [["lower", "upper", "images"]] + rows, width: frame.width, height: frame.height,
      scale: 2)
  }
}
