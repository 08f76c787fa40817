import Images
import Storage

extension Chart {
  /// One of several histograms.
  public struct HistogramPanel: Hashable, Sendable {
    public var title: String
    /// For example the fraction of zeros; printed below the title.
    public var note: String
    /// Outer bounds of bins of equal width.
    public var bounds: ClosedRange<Double>
    public var counts: [Int]
    /// A value to mark, such as the lowest score among the top images.
    public var mark: Double?
    public var role: Role

    public init(
      title: String, note: String = "", bounds: ClosedRange<Double>, counts: [Int], mark: Double? = nil,
      role: Role
    ) {
      (self.title, self.note, self.bounds) = (title, note, bounds)
      (self.counts, self.mark, self.role) = (counts, mark, role)
    }
  }

  /// Scale of the counts.
  public enum CountScale: String, CaseIterable, Codable, Sendable {
    case linear
    /// Shows the tail beside the many zeros of a ReLU.
    case logarithmic
  }

  /// Activations of several directions, side by side on the same axes.
  ///
  /// - Parameters:
  ///   - panels: At least one, in reading order.
  ///   - axis: Name of the activation.
  ///   - countName: What is counted, such as `images`.
  public static func activationHistograms(
    caption: FigureCaption, panels: [HistogramPanel], axis: String, countName: String = "images",
    countScale: CountScale = .logarithmic
  ) -> Chart {
    precondition(!panels.isEmpty, "a chart of histograms has at least one")
    for panel in panels {
      precondition(!panel.counts.isEmpty, "the histogram of \(panel.title) has no bins")
      precondition(panel.counts.allSatisfy { $0 >= 0 }, "a count of \(panel.title) is negative")
      check(panel.bounds, panel.title)
    }
    let range = ChartScale.range(
      of: panels.flatMap { [$0.bounds.lowerBound, $0.bounds.upperBound] + ($0.mark.map { [$0] } ?? []) },
      share: 0.03)
    let highest = max(1, panels.flatMap(\.counts).max() ?? 1)
    let columns = min(panels.count, 4)
    let rowCount = (panels.count + columns - 1) / columns
    let (panelHeight, headroom, gap) = (120, 40, 22)
    let frame = ChartFrame(
      caption, width: 760, plotHeight: rowCount * (headroom + panelHeight + gap) - gap,
      room: .init(left: 92, right: 24))
    // Above the tags that gnuplot assigns to the heading's labels.
    let panelTag = 1001
    let panelWidth = (frame.plot.width - (columns - 1) * 18) / columns

    var rows: [[any CSVValue]] = []
    var panelLines: [ChartCode] = []
    for (number, panel) in panels.enumerated() {
      let (row, column) = (number / columns, number % columns)
      let area = Rectangle(
        x: frame.plot.x + column * (panelWidth + 18),
        y: frame.plot.y + row * (headroom + panelHeight + gap) + headroom, width: panelWidth,
        height: panelHeight)
      let first = rows.count
      let width = (panel.bounds.upperBound - panel.bounds.lowerBound) / Double(panel.counts.count)
      rows += panel.counts.enumerated().map { bin, count in
        [
          number, panel.bounds.lowerBound + Double(bin) * width,
          panel.bounds.lowerBound + Double(bin + 1) * width, count, panel.title,
        ]
      }
      panelLines += frame.margins(area)
      // Below an empty place of the last row is the axis of the row above.
      let isLowest = number + columns >= panels.count
      panelLines += [
        "set format x '\(isLowest ? "%g" : "")'",
        "set format y '\(column == 0 ? "%g" : "")'",
        "set label \(panelTag) \(text: ChartFrame.footFont.truncated(panel.title, toWidth: panelWidth))"
          + " at \(frame.place(area.x, area.y - 26)) font 'DejaVu Sans Bold,8' textcolor rgb '#1A1A1A'",
        "set label \(panelTag + 1) \(text: ChartFrame.footFont.truncated(panel.note, toWidth: panelWidth))"
          + " at \(frame.place(area.x, area.y - 12)) font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'",
      ]
      if let mark = panel.mark {
        precondition(mark.isFinite, "the mark of \(panel.title) is not finite")
        panelLines.append(
          "set arrow \(panelTag) from \(mark), graph 0 to \(mark), graph 1 nohead dashtype 2 linewidth 1.5 linecolor rgb '#1A1A1A' front"
        )
      } else {
        panelLines.append("unset arrow \(panelTag)")
      }
      // A histogram of equal values has no width and is drawn as one bar of a hundredth of the axis.
      let barWidth: ChartCode = width > 0 ? "($3 - $2)" : "(\((range.upperBound - range.lowerBound) / 100))"
      panelLines.append(
        "plot data skip 1 every ::\(first)::\(rows.count - 1) using (($2 + $3) / 2):($4 > 0 ? $4 : NaN):\(barWidth)"
          + " with boxes linecolor rgb '\(panel.role.colour)'")
      // The heading is drawn with the first panel only.
      if number == 0 { panelLines += ["unset label", "unset arrow"] }
    }
    let scaleLines: [ChartCode] =
      countScale == .logarithmic
      ? ["set logscale y", "set yrange [0.7:\(Double(highest) * 1.6)]", "unset mytics"]
      : ["set yrange [0:\(Double(highest) * 1.05)]"]
    let countAxis = countName + (countScale == .logarithmic ? " (logarithmic)" : "")
    let look: [ChartCode] = [
      "set multiplot",
      "set xrange \(ChartScale.script(range))",
      "set xtics font 'DejaVu Sans,8'",
      "set ytics font 'DejaVu Sans,8'",
      "set style fill solid 1 noborder",
    ]
    let script =
      frame.lines + frame.axisNames(x: axis, y: countAxis) + look + scaleLines + panelLines + [
        "unset multiplot"
      ]
    let heading = ["panel", "lower", "upper", countName, "title"]
    return Chart(
      script: script, table: [heading] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}
