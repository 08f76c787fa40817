import Foundation
import Images

extension Chart {
  /// The script that draws the chart by gnuplot, and the file of the words that it draws.
  func script(named name: String) -> (script: String, words: String) {
    var words = ChartWords()
    let script = GnuplotScript(width: width, height: height)
    let lines = script.lines(of: self).map { words.rendered($0) }
    let inches: ChartCode = "\(fixed: Double(width) / 96)in,\(fixed: Double(height) / 96)in"
    let text: ChartCode = "background rgb 'white' font 'DejaVu Sans,10' noenhanced"
    let scale = Self.scale
    let head: [ChartCode] = [
      "# Draws \(file: name).png from \(file: name).csv and the words of \(file: name).txt: gnuplot \(file: name).gp",
      "# A PDF or an SVG instead: gnuplot -e \"format = 'pdf'\" … or \"format = 'svg'\" …",
      "if (!exists('format')) format = 'png'",
      "if (format eq 'png') set terminal pngcairo size \(width * scale),\(height * scale)"
        + " fontscale \(scale) linewidth \(scale) pointscale \(scale) dashlength \(scale) \(text)",
      "if (format eq 'pdf') set terminal pdfcairo size \(inches) fontscale 0.75 \(text)",
      "if (format eq 'svg') set terminal svg size \(width),\(height) \(text)",
      "set output '\(file: name).' . format",
      "set encoding utf8",
    ]
    let reading: [ChartCode] = [
      "set datafile separator tab",
      "array \(ChartWords.array)[\(words.texts.count)]",
      "stats '\(file: name).txt' using (\(ChartWords.array)[$0 + 1] = strcol(2), 0) nooutput",
    ]
    let data: [ChartCode] = ["set datafile separator comma", "data = '\(file: name).csv'"]
    let all = (head + (words.texts.isEmpty ? [] : reading) + data).map { words.rendered($0) } + lines
    return (all.map { $0 + "\n" }.joined(), words.file(named: name, about: caption.text))
  }
}

/// A chart in gnuplot's language, on a picture of so many pixels.
private struct GnuplotScript {
  let width: Int
  let height: Int

  func lines(of chart: Chart) -> [ChartCode] {
    let table = chart.numbers
    var lines = chart.surroundings.shapes.flatMap(shape)
    lines += [
      "set border linecolor rgb '\(Style.faint)'",
      "set tics nomirror out scale 0.6, 0.35 textcolor rgb '\(Style.ink)' font 'DejaVu Sans,\(points(ChartFrame.font))'",
      "set style fill solid 1 noborder",
      "set minussign",
      "unset key",
    ]
    if let bar = chart.colourBar { lines += colourBar(bar) }
    let isMultiple = chart.plots.count > 1
    if isMultiple { lines.append("set multiplot") }
    for (number, plot) in chart.plots.enumerated() {
      if number > 0 { lines += ["unset label", "unset arrow", "unset object"] }
      lines += self.plot(plot, of: table)
    }
    if isMultiple { lines.append("unset multiplot") }
    return lines
  }

  // MARK: Shapes at places of the picture

  private func shape(_ shape: Sketch.Shape) -> [ChartCode] {
    switch shape {
    case .text(let text): return [label(text)]
    case .line(let points, let stroke, _):
      return zip(points, points.dropFirst()).map { from, to in
        "set arrow from \(place(from)) to \(place(to)) nohead \(look(stroke))"
      }
    case .mark(let mark, let centre, let size, let colour):
      return [
        "set label '' at \(place(centre)) point pointtype \(mark.gnuplotNumber) pointsize \(pointSize(mark, size))"
          + " linecolor rgb '\(colour)'"
      ]
    case .area(let corners, let colour, _, _):
      let (xs, ys) = (corners.map(\.x), corners.map(\.y))
      guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
        return []
      }
      return [
        "set object rectangle from \(place(.init(x: left, y: top))) to \(place(.init(x: right, y: bottom)))"
          + " fillcolor rgb '\(colour)' fillstyle solid noborder"
      ]
    }
  }

  private func label(_ text: Sketch.Text) -> ChartCode {
    // gnuplot centres a label on its position, across the direction of writing.
    let half = text.font.capHeight / 2
    let centre =
      text.degrees == 90
      ? Sketch.Point(x: Double(text.x - half), y: Double(text.baseline))
      : Sketch.Point(x: Double(text.x), y: Double(text.baseline - half))
    return "set label \(text: text.text) at \(place(centre)) \(alignment(text.alignment))"
      + (text.degrees == 0 ? "" : " rotate by \(text.degrees)")
      + " \(font(text.font)) textcolor rgb '\(text.colour)'"
  }

  private func place(_ point: Sketch.Point) -> ChartCode {
    "screen \(fixed: point.x / Double(width)), screen \(fixed: 1 - point.y / Double(height))"
  }

  private func alignment(_ alignment: Canvas.Alignment) -> ChartCode {
    switch alignment {
    case .left: "left"
    case .centre: "center"
    case .right: "right"
    }
  }

  private func font(_ font: Font) -> ChartCode {
    let face: ChartCode = font.isBold ? "DejaVu Sans Bold" : "DejaVu Sans"
    return "font '\(face),\(points(font))'"
  }

  /// A font point is one pixel in the PNG and 96/72 pixels here.
  private func points(_ font: Font) -> Double { 0.75 * Double(font.size) }

  /// gnuplot's symbols of size 1 are about 4 pixels from centre to edge, its filled diamond is smaller.
  private func pointSize(_ mark: Mark, _ size: Double) -> Double { size / (mark == .diamond ? 2.5 : 4) }

  private func look(_ stroke: Sketch.Stroke) -> ChartCode {
    "linewidth \(stroke.width) dashtype \(dash(stroke.dash)) linecolor rgb '\(stroke.colour)'"
  }

  private func dash(_ lengths: [Double]) -> ChartCode {
    lengths.isEmpty ? "solid" : "(\(lengths.map { "\($0)" }.joined(separator: ",")))"
  }

  // MARK: A plot

  /// Between the curves of one plot command.
  private static let continuation: ChartCode = ", \\\n     "

  private func plot(_ plot: Plot, of table: ChartTable) -> [ChartCode] {
    let area = plot.area
    func share(_ part: Int, _ whole: Int) -> ChartCode { "\(fixed: Double(part) / Double(whole))" }
    var lines: [ChartCode] = [
      "set lmargin at screen \(share(area.x, width))", "set rmargin at screen \(share(area.right, width))",
      "set tmargin at screen \(share(height - area.y, height))",
      "set bmargin at screen \(share(height - area.bottom, height))",
      "set border \((plot.across.isDrawn ? 1 : 0) + (plot.up.isDrawn ? 2 : 0))",
    ]
    lines += axis("x", plot.across) + axis("y", plot.up) + plot.axisNames.map(label)
    var series: [ChartCode] = []
    for element in plot.elements {
      switch element {
      case .strip(let strip, let colour):
        lines.append(
          "set object rectangle from \(strip.lowerBound), graph 0 to \(strip.upperBound), graph 1 behind"
            + " fillcolor rgb '\(colour)' fillstyle solid noborder")
      case .outline(let xs, let ys, let colour):
        lines.append(
          "set object rectangle from \(xs.lowerBound), \(ys.lowerBound) to \(xs.upperBound), \(ys.upperBound) front"
            + " fillstyle empty border linecolor rgb '\(colour)' linewidth 2")
      case .rule(let rule):
        let (from, to): (ChartCode, ChartCode) =
          rule.axis == .across
          ? ("\(rule.value), graph 0", "\(rule.value), graph 1")
          : ("graph 0, first \(rule.value)", "graph 1, first \(rule.value)")
        lines.append("set arrow from \(from) to \(to) nohead front \(look(rule.stroke))")
      case .label(let label):
        let (right, up) = (Double(label.right) / Double(width), -Double(label.down) / Double(height))
        lines.append(
          "set label \(text: label.text) at \(place(label.x)), \(place(label.y)) \(alignment(label.alignment))"
            + " offset screen \(fixed: right), screen \(fixed: up) front \(font(label.font)) textcolor rgb '\(label.colour)'"
        )
      // gnuplot takes a curve without a number for a mistake.
      case .series(let one):
        series += table.runs(of: one).flatMap { rows -> [ChartCode] in
          var run = one
          run.rows = rows
          return table.hasNumbers(run) ? self.series(run) : []
        }
      }
    }
    return lines + ["plot \(series.joined(separator: Self.continuation))"]
  }

  private func place(_ place: Plot.Place) -> ChartCode {
    switch place {
    case .value(let value): "first \(value)"
    case .share(let share): "graph \(share)"
    }
  }

  private func axis(_ name: ChartCode, _ axis: PlotAxis) -> [ChartCode] {
    let ends =
      axis.isReversed
      ? (axis.range.upperBound, axis.range.lowerBound) : (axis.range.lowerBound, axis.range.upperBound)
    let turning: ChartCode = axis.labelDegrees == 0 ? "" : " rotate by \(axis.labelDegrees) right"
    let ticks =
      axis.ticks.map { tick -> ChartCode in
        let lines = tick.label.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { line -> ChartCode in "\(placeName: String(line))" }.joined(separator: ".\"\\n\".")
          + " \(tick.value)"
      } + axis.minorTicks.map { value -> ChartCode in "'' \(value) 1" }
    return [
      axis.isLogarithmic ? "set logscale \(name)" : "unset logscale \(name)",
      "set \(name)range [\(ends.0):\(ends.1)]",
      ticks.isEmpty
        ? "unset \(name)tics"
        : "set \(name)tics\(axis.isDrawn ? "" : " scale 0")\(turning) (\(ticks.joined(separator: ", ")))",
      axis.hasGrid
        ? "set grid \(name)tics linecolor rgb '\(Style.rule)' linetype 1 linewidth 0.75"
        : "set grid no\(name)tics",
    ]
  }

  // MARK: Series

  private func series(_ series: PlotSeries) -> [ChartCode] {
    let rows: ChartCode = "data skip 1 every ::\(series.rows.lowerBound)::\(series.rows.upperBound - 1) using"
    let (x, y) = (column(series.x), column(series.y))
    let colour: ChartCode = "linecolor rgb '\(series.colour)'"
    switch series.look {
    case .marks(let mark, let size):
      return [
        "\(rows) \(x):\(y) with points pointtype \(mark.gnuplotNumber) pointsize \(pointSize(mark, size)) \(colour)"
      ]
    case .curve(let width, let dash, let mark):
      let marks: ChartCode =
        mark == .none
        ? "lines"
        : "linespoints pointtype \(mark.gnuplotNumber) pointsize \(pointSize(mark, ChartFrame.markSize))"
      return ["\(rows) \(x):\(y) with \(marks) linewidth \(width) dashtype \(self.dash(dash)) \(colour)"]
    case .steps(let width, let dash):
      return ["\(rows) \(x):\(y) with steps linewidth \(width) dashtype \(self.dash(dash)) \(colour)"]
    case .errorBars(let axis, let low, let high, let width):
      let bars: ChartCode = axis == .across ? "xerrorbars" : "yerrorbars"
      return ["\(rows) \(x):\(y):\(low):\(high) with \(bars) pointtype 0 linewidth \(width) \(colour)"]
    case .band(let low, let high):
      return [
        "\(rows) \(x):\(low):\(high) with filledcurves fillstyle transparent solid 0.2 noborder \(colour)"
      ]
    case .boxes(let low, let high, let least):
      return [
        "\(rows) (($\(low) + $\(high)) / 2):($\(series.y.number) > 0 ? $\(series.y.number) : NaN)"
          + ":($\(high) > $\(low) ? $\(high) - $\(low) : \(least)) with boxes \(colour)"
      ]
    case .segments(let end):
      return [
        "\(rows) \(x):\(y):($\(end) - $\(series.x.number)):(0) with vectors nohead linewidth 1.5 \(colour)"
      ]
    case .cells(let value, let scale, let number): return cells(series, rows, value, scale, number)
    }
  }

  private func column(_ column: PlotSeries.Column) -> ChartCode {
    guard column.factor != 1 || column.offset != 0 else { return "\(column.number)" }
    let scaled: ChartCode = column.factor == 1 ? "$\(column.number)" : "\(column.factor) * $\(column.number)"
    return column.offset == 0 ? "(\(scaled))" : "(\(scaled) + \(column.offset))"
  }

  private func cells(
    _ series: PlotSeries, _ rows: ChartCode, _ value: Int, _ scale: ColourScale,
    _ number: PlotSeries.CellNumber?
  ) -> [ChartCode] {
    let (x, y, half) = (series.x.number, series.y.number, number == nil ? 0.5 : 0.49)
    let squares: ChartCode =
      "\(rows) \(x):\(y):($\(x) - \(half)):($\(x) + \(half)):($\(y) - \(half)):($\(y) + \(half)):\(value)"
      + " with boxxyerror fillstyle solid 1 noborder linecolor palette"
    guard let number else { return [squares] }
    let text: ChartCode =
      switch number {
      case .count: "($\(value) > 0 ? sprintf('%d', $\(value)) : '')"
      case .percentage: "($\(value) >= 99.95 ? '100' : sprintf('%.1f', $\(value)))"
      }
    return [
      squares,
      "\(rows) \(x):\(y):\(text):($\(value) > \(scale.whiteTextAbove) ? 0xFFFFFF : 0x1A1A1A) with labels"
        + " \(font(ChartFrame.small)) textcolor rgb variable",
    ]
  }

  private func colourBar(_ bar: ColourBar) -> [ChartCode] {
    let stops = bar.scale.stops.map { stop -> ChartCode in "\(stop.place) '\(stop.colour)'" }
    let ticks = bar.axis.ticks.map { tick -> ChartCode in "\(placeName: tick.label) \(tick.value)" }
    let area = bar.area
    func share(_ part: Int, _ whole: Int) -> ChartCode { "\(fixed: Double(part) / Double(whole))" }
    return [
      "set palette defined (\(stops.joined(separator: ", ")))",
      "set cbrange [0:\(bar.scale.largest)]",
      "set cbtics (\(ticks.joined(separator: ", ")))",
      "set colorbox user origin screen \(share(area.x, width)), screen \(share(height - area.bottom, height))"
        + " size screen \(share(area.width, width)), screen \(share(area.height, height)) noborder",
    ] + (bar.axis.name.isEmpty ? [] : ["set cblabel \(text: bar.axis.name)"])
  }
}
