import Images

extension Plot {
  /// Pixels from an axis to its labels.
  static let labelGap = 8
  private static let tickLength = 4.0
  private static let minorTickLength = 2.5

  /// Everything within and at the axes.
  func sketch(of table: ChartTable) -> Sketch {
    var sketch = Sketch()
    for case .strip(let strip, let colour) in elements { sketch.area(rectangle(strip, up.range), colour) }
    drawGrid(into: &sketch)
    // Lines of other kinds cover the axes, bars do not reach below them.
    drawAxes(into: &sketch)
    for element in elements {
      switch element {
      case .series(let series): draw(series, of: table, into: &sketch)
      case .rule(let rule):
        sketch.line(points(of: rule), width: rule.stroke.width, rule.stroke.colour, dash: rule.stroke.dash)
      case .label(let label): sketch.shapes.append(.text(text(label)))
      case .outline(let xs, let ys, let colour):
        let corners = rectangle(xs, ys).corners
        sketch.line(corners + corners.prefix(2), width: 2, colour)
      case .strip: break
      }
    }
    sketch.shapes += tickLabels.map { .text($0) } + axisNames.map { .text($0) }
    return sketch
  }

  private func rectangle(_ xs: ClosedRange<Double>, _ ys: ClosedRange<Double>) -> Rectangle {
    let (left, right) = (x(xs.lowerBound), x(xs.upperBound))
    let (one, other) = (y(ys.lowerBound), y(ys.upperBound))
    let (top, bottom) = (min(one, other), max(one, other))
    return Rectangle(
      x: Int(left.rounded()), y: Int(top.rounded()), width: Int(right.rounded()) - Int(left.rounded()),
      height: Int(bottom.rounded()) - Int(top.rounded()))
  }

  private func points(of rule: Rule) -> [Sketch.Point] {
    switch rule.axis {
    case .across: vertical(x(rule.value).rounded(), Double(area.y), Double(area.bottom))
    case .up: level(y(rule.value).rounded(), Double(area.x), Double(area.right))
    }
  }

  private func vertical(_ x: Double, _ from: Double, _ to: Double) -> [Sketch.Point] {
    [.init(x: x, y: from), .init(x: x, y: to)]
  }

  private func level(_ y: Double, _ from: Double, _ to: Double) -> [Sketch.Point] {
    [.init(x: from, y: y), .init(x: to, y: y)]
  }

  // MARK: Axes

  private func drawGrid(into sketch: inout Sketch) {
    if across.hasGrid {
      for tick in across.ticks {
        sketch.line(
          vertical(x(tick.value).rounded(), Double(area.y), Double(area.bottom)), width: 0.75, Style.rule)
      }
    }
    if up.hasGrid {
      for tick in up.ticks {
        sketch.line(
          level(y(tick.value).rounded(), Double(area.x), Double(area.right)), width: 0.75, Style.rule)
      }
    }
  }

  private func drawAxes(into sketch: inout Sketch) {
    let (bottom, left) = (Double(area.bottom), Double(area.x))
    if across.isDrawn {
      sketch.line(level(bottom, left - 0.5, Double(area.right)), Style.faint)
      let ticks =
        across.ticks.map { ($0.value, Self.tickLength) }
        + across.minorTicks.map { ($0, Self.minorTickLength) }
      for (value, length) in ticks {
        sketch.line(vertical(x(value).rounded(), bottom, bottom + length), Style.faint)
      }
    }
    if up.isDrawn {
      sketch.line(vertical(left, Double(area.y), bottom + 0.5), Style.faint)
      let ticks =
        up.ticks.map { ($0.value, Self.tickLength) } + up.minorTicks.map { ($0, Self.minorTickLength) }
      for (value, length) in ticks {
        sketch.line(level(y(value).rounded(), left - length, left), Style.faint)
      }
    }
  }

  /// Numbers and names at the axes.
  var tickLabels: [Sketch.Text] {
    let font = ChartFrame.font
    let below = across.ticks.flatMap { tick -> [Sketch.Text] in
      let x = Int(x(tick.value).rounded())
      switch across.labelDegrees {
      case 0:
        return tick.label.split(separator: "\n").enumerated().map { number, line in
          Sketch.Text(
            text: String(line), x: x,
            baseline: area.bottom + Self.labelGap + font.capHeight + number * ChartFrame.lineHeight,
            font: font,
            colour: Style.ink, alignment: .centre)
        }
      case 90:
        return [
          Sketch.Text(
            text: tick.label, x: x + font.capHeight / 2, baseline: area.bottom + Self.labelGap, font: font,
            colour: Style.ink, alignment: .right, degrees: 90)
        ]
      default:
        return [
          Sketch.Text(
            text: tick.label, x: x + 4, baseline: area.bottom + Self.labelGap + font.capHeight / 2,
            font: font,
            colour: Style.ink, alignment: .right, degrees: across.labelDegrees)
        ]
      }
    }
    let beside = up.ticks.map { tick in
      Sketch.Text(
        text: tick.label, x: area.x - Self.labelGap,
        baseline: Int(y(tick.value).rounded()) + font.capHeight / 2, font: font, colour: Style.ink,
        alignment: .right)
    }
    return (below + beside).filter { !$0.text.isEmpty }
  }

  /// Names of the axes: centred below the labels, and upright to the left of them.
  var axisNames: [Sketch.Text] {
    let font = ChartFrame.font
    let below = Self.lines(across.name, toWidth: area.width + 60).enumerated().map { number, line in
      Sketch.Text(
        text: line, x: area.x + area.width / 2,
        baseline: area.bottom + Self.heightOfLabels(across) + Self.nameGap + font.capHeight
          + number * ChartFrame.lineHeight, font: font, colour: Style.ink, alignment: .centre)
    }
    let names = Self.lines(up.name, toWidth: area.height + 10)
    let beside = names.enumerated().map { number, line in
      Sketch.Text(
        text: line,
        x: area.x - Self.widthOfLabels(up) - Self.nameGap
          - (names.count - 1 - number) * ChartFrame.lineHeight, baseline: area.y + area.height / 2,
        font: font, colour: Style.ink, alignment: .centre, degrees: 90)
    }
    return below + beside
  }

  // MARK: Room

  private static let nameGap = 8

  /// At most two lines.
  private static func lines(_ name: String, toWidth width: Int) -> [String] {
    ChartFrame.font.lines(name, toWidth: width, most: 2)
  }

  /// From the axis to the end of its labels.
  static func widthOfLabels(_ up: PlotAxis) -> Int {
    up.ticks.map { ChartFrame.font.width(of: $0.label) + labelGap }.max() ?? 0
  }

  static func heightOfLabels(_ across: PlotAxis) -> Int {
    let font = ChartFrame.font
    guard !across.ticks.isEmpty else { return 0 }
    let widest = across.ticks.map { font.width(of: $0.label) }.max() ?? 0
    return switch across.labelDegrees {
    case 0:
      labelGap + font.capHeight + 4
        + (across.ticks.contains { $0.label.contains("\n") } ? ChartFrame.lineHeight : 0)
    case 90: labelGap + widest
    // At 40°, the sine is 0.64.
    default: labelGap + font.capHeight + Int(0.65 * Double(widest))
    }
  }

  /// Room left of the axes for the labels and the name, on a plot of so many pixels.
  static func leftRoom(_ up: PlotAxis, height: Int) -> Int {
    let count = lines(up.name, toWidth: height + 10).count
    return widthOfLabels(up)
      + (count == 0 ? 0 : nameGap + ChartFrame.font.capHeight + 2 + (count - 1) * ChartFrame.lineHeight)
  }

  /// The first pixel below labels and name of the horizontal axis.
  var bottom: Int {
    let count = Self.lines(across.name, toWidth: area.width + 60).count
    return area.bottom + Self.heightOfLabels(across)
      + (count == 0 ? 0 : Self.nameGap + ChartFrame.font.capHeight + 4 + (count - 1) * ChartFrame.lineHeight)
  }
}
