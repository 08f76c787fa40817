import Foundation
import Images

/// The layout of a chart: heading above, legend below it, plots, axis names, provenance at the foot.
///
/// Everything is measured here in pixels from the upper left, because gnuplot's own estimates clip long names and let
/// lines of text run off the picture.
struct ChartFrame {
  /// Room around a plot, outside its axes.
  struct Room {
    var left: Int
    var right: Int
    /// In addition to the usual gap below the heading.
    var above = 0
    var below = 62
  }

  /// Appearance of a legend entry's marks.
  struct LegendEntry {
    let name: String
    let colour: ChartCode
    let point: Int
    let dash: ChartCode
  }

  static let titleFont = Font(.sans, size: 16, isBold: true)
  static let subtitleFont = Font(.sans, size: 12)
  /// gnuplot's 10 points are 13 pixels.
  static let ticFont = Font(.sans, size: 13)
  static let footFont = Font(.sans, size: 11)
  static let edge = 18

  let width: Int
  let height: Int
  /// The area inside the axes.
  let plot: Rectangle
  /// Provenance of the picture.
  let about: [FigureCaption.Pair]
  /// Script lines that draw heading, legend and foot.
  let lines: [ChartCode]

  init(_ caption: FigureCaption, width: Int, plotHeight: Int, room: Room, legend: [LegendEntry] = []) {
    let textWidth = width - 2 * Self.edge
    let title = caption.title.isEmpty ? [] : Self.titleFont.wrapped(caption.title, toWidth: textWidth)
    let subtitle =
      caption.subtitle.isEmpty ? [] : Self.subtitleFont.wrapped(caption.subtitle, toWidth: textWidth)
    let foot = caption.footer.flatMap { Self.footFont.wrapped($0, toWidth: textWidth) }
    let entries = Self.rows(of: legend, width: textWidth)

    var y = Self.edge
    var texts: [(text: String, y: Int, style: ChartCode)] = []
    for line in title {
      texts.append((line, y + 9, "font 'DejaVu Sans Bold,12' textcolor rgb '#1A1A1A'"))
      y += 23
    }
    for line in subtitle {
      texts.append((line, y + 8, "font 'DejaVu Sans,9' textcolor rgb '#5A5A5A'"))
      y += 17
    }
    if !entries.isEmpty { y += 6 }
    let legendTop = y
    y += entries.count * 20
    let top = y + 14 + room.above
    let footTop = top + plotHeight + room.below
    for (number, line) in foot.enumerated() {
      texts.append((line, footTop + 14 + number * 16, "font 'DejaVu Sans,8' textcolor rgb '#5A5A5A'"))
    }
    let height = footTop + (foot.isEmpty ? 0 : 8 + foot.count * 16) + Self.edge - 6
    self.width = width
    self.height = height
    plot = Rectangle(
      x: room.left, y: top, width: max(1, width - room.left - room.right), height: plotHeight)

    about = caption.text
    var lines: [ChartCode] = texts.map { text, y, style in
      "set label \(text: text) at \(Self.place(Self.edge, y, width, height)) \(style)"
    }
    if !foot.isEmpty {
      lines.append(
        "set arrow from \(Self.place(Self.edge, footTop, width, height)) to"
          + " \(Self.place(width - Self.edge, footTop, width, height)) nohead linewidth 0.5 linecolor rgb '#D0D0D0'"
      )
    }
    for (row, entries) in entries.enumerated() {
      let y = legendTop + row * 20 + 8
      for (x, entry) in entries {
        lines.append(
          "set arrow from \(Self.place(x, y, width, height)) to \(Self.place(x + 30, y, width, height)) nohead"
            + " linewidth 2 dashtype \(entry.dash) linecolor rgb '\(entry.colour)'")
        lines.append(
          "set label '' at \(Self.place(x + 15, y, width, height)) point pointtype \(entry.point) pointsize 1"
            + " linecolor rgb '\(entry.colour)'")
        lines.append(
          "set label \(text: entry.name) at \(Self.place(x + 38, y, width, height))"
            + " textcolor rgb '#1A1A1A'")
      }
    }
    lines += Self.look
    self.lines = lines
  }

  /// Axes, tics and grid of every chart.
  private static let look: [ChartCode] = [
    "set border 3 linecolor rgb '#5A5A5A'",
    "set tics nomirror textcolor rgb '#1A1A1A'",
    "set grid linecolor rgb '#D0D0D0' linetype 1 linewidth 0.5",
    "set minussign",
    // The default reserves room for a sign and so shifts numbers away from their tics.
    "set format '%g'",
    "unset key",
  ]

  private static func rows(of legend: [LegendEntry], width: Int) -> [[(x: Int, entry: LegendEntry)]] {
    var rows: [[(x: Int, entry: LegendEntry)]] = []
    var x = Int.max / 2
    for entry in legend {
      let entryWidth = 38 + ticFont.width(of: entry.name)
      if x + entryWidth > width + edge {
        rows.append([])
        x = edge
      }
      rows[rows.count - 1].append((x, entry))
      x += entryWidth + 22
    }
    return rows
  }

  /// A point of the picture in gnuplot's coordinates.
  func place(_ x: Int, _ y: Int) -> ChartCode { Self.place(x, y, width, height) }

  private static func place(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> ChartCode {
    "screen \(Gnuplot.share(x, of: width)), screen \(Gnuplot.share(height - y, of: height))"
  }

  /// Puts the axes of the next plot around `area`.
  func margins(_ area: Rectangle) -> [ChartCode] {
    [
      "set lmargin at screen \(Gnuplot.share(area.x, of: width))",
      "set rmargin at screen \(Gnuplot.share(area.right, of: width))",
      "set tmargin at screen \(Gnuplot.share(height - area.y, of: height))",
      "set bmargin at screen \(Gnuplot.share(height - area.bottom, of: height))",
    ]
  }

  /// Axis names: below the plot's tics, and rotated at the left edge of the picture.
  func axisNames(x: String, y: String = "") -> [ChartCode] {
    let below = ticFontFit(x, plot.width + 60)
    let beside = ticFontFit(y, plot.height + 40)
    return [
      "set label \(text: below) at \(place(plot.x + plot.width / 2, plot.bottom + 40)) center"
    ]
      + (y.isEmpty
        ? []
        : [
          "set label \(text: beside) at \(place(Self.edge + 4, plot.y + plot.height / 2)) center rotate by 90"
        ])
  }

  /// The room left of the axes in which the rotated name is clear of the widest tic label.
  static func leastLeft(ofTicsIn range: ClosedRange<Double>) -> Int {
    // gnuplot makes at most ten steps of 1, 2 or 5 times a power of ten.
    let step = ChartScale.step(above: (range.upperBound - range.lowerBound) / 10)
    let (first, last) = ((range.lowerBound / step).rounded(.up), (range.upperBound / step).rounded(.down))
    let widest = stride(from: first, through: last, by: 1).map { number in
      ticFont.width(of: String(format: "%g", number * step).replacing("-", with: "−"))
    }.max()
    return edge + 12 + (widest ?? 0) + 14
  }

  private func ticFontFit(_ text: String, _ width: Int) -> String {
    Self.ticFont.truncated(text, toWidth: width)
  }
}
