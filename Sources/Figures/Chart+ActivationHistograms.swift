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
    let highest = Double(max(1, panels.flatMap(\.counts).max() ?? 1))
    // Few panels are large.
    let (columns, width) =
      switch panels.count {
      case 1: (1, ChartFrame.usualWidth)
      case 2...4: (2, ChartFrame.usualWidth)
      case 5...9: (3, 620)
      default: (4, 760)
      }
    let (headroom, columnGap) = (42, 18)
    let frame = ChartFrame(caption, width: width)
    func up(_ height: Int) -> PlotAxis {
      countScale == .logarithmic
        ? .logarithmic(0.7...highest * 1.6, on: .up(height))
        : .linear(0...highest * 1.05, on: .up(height), isWhole: true)
    }
    let countAxis = countName + (countScale == .logarithmic ? " (logarithmic)" : "")
    let left = Plot.widthOfLabels(up(300)) + 28
    let panelWidth = (frame.contentWidth - left - 8 - (columns - 1) * columnGap) / columns
    let panelHeight = max(110, panelWidth / 2)
    var (vertical, horizontal) = (up(panelHeight), PlotAxis.linear(range, on: .across(panelWidth)))
    (vertical.hasGrid, horizontal.hasGrid) = (true, false)
    let labelsHeight = Plot.heightOfLabels(horizontal)

    var table = ChartTable(["panel", "lower", "upper", countName, "title"])
    var plots: [Plot] = []
    for (number, panel) in panels.enumerated() {
      let (row, column) = number.quotientAndRemainder(dividingBy: columns)
      var plot = Plot(
        area: Rectangle(
          x: frame.left + left + column * (panelWidth + columnGap),
          y: frame.top + row * (headroom + panelHeight + 14) + headroom, width: panelWidth,
          height: panelHeight),
        across: horizontal, up: vertical)
      // Below an empty place of the last row is the axis of the row above.
      if number + columns < panels.count { plot.across.hideLabels() }
      if column > 0 { plot.up.hideLabels() }
      for (text, font, colour, down) in [
        (panel.title, ChartFrame.smallBold, Style.ink, -25), (panel.note, ChartFrame.small, Style.faint, -9),
      ] where !text.isEmpty {
        plot.elements.append(
          .label(
            .init(
              text: font.fitted(text, toWidth: panelWidth), x: .share(0), y: .share(1), down: down,
              font: font,
              colour: colour)))
      }
      let binWidth = (panel.bounds.upperBound - panel.bounds.lowerBound) / Double(panel.counts.count)
      let rows = table.append(
        panel.counts.enumerated().map { bin, count in
          [
            number, panel.bounds.lowerBound + Double(bin) * binWidth,
            panel.bounds.lowerBound + Double(bin + 1) * binWidth, count, panel.title,
          ]
        })
      // A histogram of equal values has no width and is drawn as one bar of a hundredth of the axis.
      plot.add(
        .boxes(low: 2, high: 3, least: (range.upperBound - range.lowerBound) / 100), rows, x: .column(2),
        y: .column(4), panel.role.colour)
      if let mark = panel.mark {
        precondition(mark.isFinite, "the mark of \(panel.title) is not finite")
        plot.addRule(across: mark, width: 1.5, dash: [4, 3], Style.ink)
      }
      plots.append(plot)
    }
    // Names of both axes, once for all panels.
    let areas = plots.map(\.area)
    let (top, bottom) = (areas[0].y, areas.map(\.bottom).max() ?? frame.top)
    var texts = Sketch()
    let font = ChartFrame.font
    texts.text(
      font.fitted(axis, toWidth: frame.contentWidth - left),
      x: frame.left + left + (frame.contentWidth - left) / 2,
      baseline: bottom + labelsHeight + 8 + font.capHeight,
      font: font, alignment: .centre)
    texts.text(
      font.fitted(countAxis, toWidth: bottom - top + 60), x: frame.left + font.capHeight + 2,
      baseline: (top + bottom) / 2, font: font, alignment: .centre, degrees: 90)
    return Chart(
      caption, table, frame, plots, texts: texts,
      bottom: bottom + labelsHeight + (axis.isEmpty ? 0 : 12 + font.capHeight))
  }
}

extension PlotAxis {
  /// Leaves the ticks without their labels.
  mutating func hideLabels() { ticks = ticks.map { Tick(value: $0.value, label: "") } }
}
