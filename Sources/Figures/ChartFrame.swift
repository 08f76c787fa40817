import Images

/// The layout around the plots of a chart: heading and legend above, small print at the foot.
///
/// The legend is never in a plot, where it would hide data.
struct ChartFrame {
  /// Appearance of a legend entry.
  struct LegendEntry {
    let name: String
    let colour: Colour
    var mark = Mark.none
    /// Nil for marks that no line joins.
    var dash: [Double]?
  }

  /// Axes, legends and rows: 14 pixels are 9 where a phone shows a chart on 390 pixels, and 8 points in an article.
  static let font = Font(.sans, size: 14)
  static let bold = Font(.sans, size: 14, isBold: true)
  static let small = Font(.sans, size: 12)
  static let smallBold = Font(.sans, size: 12, isBold: true)
  static let lineHeight = 18
  /// Width of most charts inside the margins.
  static let usualWidth = 560
  static let markSize = 4.0
  static let lineWidth = 2.0

  private let sheet: SheetFrame
  private let legend: [[(x: Int, entry: LegendEntry)]]

  /// - Parameter width: Inside the margins; a title needs at least 300 pixels.
  init(_ caption: FigureCaption, width: Int = usualWidth, legend: [LegendEntry] = [], notes: [String] = []) {
    sheet = SheetFrame(caption, contentWidth: width, notes: notes, lettering: .chart)
    self.legend = Self.rows(of: legend, width: sheet.contentWidth)
  }

  var left: Int { Style.margin }
  var contentWidth: Int { sheet.contentWidth }
  var right: Int { left + contentWidth }
  /// Size of a picture whose content ends at `bottom`.
  func size(bottom: Int) -> (width: Int, height: Int) {
    (sheet.width, sheet.height(contentHeight: bottom - sheet.contentTop))
  }

  /// The first row of pixels for plots.
  var top: Int { legendTop + (legend.isEmpty ? 6 : legend.count * Self.legendHeight + 10) }
  private var legendTop: Int { sheet.contentTop }
  private static let legendHeight = 22
  private static let sampleWidth = 32
  private static let sampleGap = 8

  private static func rows(of legend: [LegendEntry], width: Int) -> [[(x: Int, entry: LegendEntry)]] {
    var rows: [[(x: Int, entry: LegendEntry)]] = []
    var x = Int.max / 2
    for entry in legend {
      let name = font.fitted(entry.name, toWidth: width - sampleWidth - sampleGap)
      let entryWidth = sampleWidth + sampleGap + font.width(of: name)
      if x + entryWidth > Style.margin + width {
        rows.append([])
        x = Style.margin
      }
      rows[rows.count - 1].append(
        (x, LegendEntry(name: name, colour: entry.colour, mark: entry.mark, dash: entry.dash)))
      x += entryWidth + 22
    }
    return rows
  }

  /// Everything around the plots of a picture whose content ends at `bottom`.
  func sketch(bottom: Int) -> Sketch {
    var sketch = sheet.text(contentHeight: bottom - sheet.contentTop)
    for (row, entries) in legend.enumerated() {
      let y = legendTop + row * Self.legendHeight + Self.legendHeight / 2
      for (x, entry) in entries {
        let middle = Sketch.Point(x: Double(x + Self.sampleWidth / 2), y: Double(y))
        if let dash = entry.dash {
          sketch.line(
            [.init(x: Double(x), y: Double(y)), .init(x: Double(x + Self.sampleWidth), y: Double(y))],
            width: Self.lineWidth, entry.colour, dash: dash)
        }
        if entry.mark != .none {
          sketch.shapes.append(.mark(entry.mark, at: middle, size: Self.markSize, entry.colour))
        }
        sketch.text(
          entry.name, x: x + Self.sampleWidth + Self.sampleGap, baseline: y + Self.font.capHeight / 2,
          font: Self.font)
      }
    }
    return sketch
  }

  /// A plot as wide as the content, below the legend.
  ///
  /// - Parameters:
  ///   - height: Between the axes.
  ///   - right: Room beside the plot.
  ///   - above: Room between the legend and the plot.
  ///   - across: The horizontal axis of a plot of so many pixels.
  func plot(
    height: Int, right: Int = 0, above: Int = 0, up: PlotAxis, across: (Int) -> PlotAxis
  ) -> Plot {
    var left = Plot.leftRoom(up, height: height)
    func area() -> Rectangle {
      Rectangle(
        x: self.left + left, y: top + above, width: max(1, contentWidth - left - right), height: height)
    }
    var plot = Plot(area: area(), across: across(area().width), up: up)
    // The first of slanted names may begin further left than those of the other axis.
    let overhang = self.left - (plot.tickLabels.map(\.box.x).min() ?? self.left)
    if overhang > 0 {
      left += overhang
      plot = Plot(area: area(), across: across(area().width), up: up)
    }
    return plot
  }
}

extension Font {
  /// The text on one line, cut to the width.
  func fitted(_ text: String, toWidth width: Int) -> String {
    truncated(Self.onOneLine(text), toWidth: width)
  }

  /// The text on at most `most` lines, the last of them cut if there is more.
  func lines(_ text: String, toWidth width: Int, most: Int) -> [String] {
    guard !text.isEmpty else { return [] }
    let lines = wrapped(Self.onOneLine(text), toWidth: width)
    guard lines.count > most else { return lines }
    let rest = lines[(most - 1)...].joined(separator: " ")
    return lines.prefix(most - 1) + [truncated(rest, toWidth: width)]
  }

  private static func onOneLine(_ text: String) -> String { text.replacing("\n", with: " ") }
}
