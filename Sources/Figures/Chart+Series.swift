import Images

extension PlotSeries.Column {
  static func column(_ number: Int, factor: Double = 1, offset: Double = 0) -> PlotSeries.Column {
    PlotSeries.Column(number: number, factor: factor, offset: offset)
  }
}

extension Plot {
  /// Adds rows of the table.
  mutating func add(
    _ look: PlotSeries.Look, _ rows: Range<Int>, x: PlotSeries.Column, y: PlotSeries.Column, _ colour: Colour
  ) {
    guard !rows.isEmpty else { return }
    elements.append(.series(PlotSeries(rows: rows, x: x, y: y, look: look, colour: colour)))
  }

  /// Adds a line through the plot, with its name above it if it is upright. Names never leave the picture.
  mutating func addRule(
    across value: Double, name: String = "", width: Double = 1.2, dash: [Double] = [],
    _ colour: Colour = Style.faint
  ) {
    elements.append(
      .rule(Rule(axis: .across, value: value, stroke: .init(width: width, colour: colour, dash: dash))))
    guard !name.isEmpty else { return }
    addName(name, above: value)
  }

  /// A small text centred over a value of the horizontal axis, above the plot.
  mutating func addName(_ name: String, above value: Double) {
    let font = ChartFrame.small
    let text = font.fitted(name, toWidth: area.width)
    let half = font.width(of: text) / 2
    let middle = Int(x(value).rounded())
    let inside = min(max(middle, area.x + half), area.right - half)
    elements.append(
      .label(
        Label(
          text: text, x: .value(value), y: .share(1), right: inside - middle, down: -9, font: font,
          colour: Style.faint, alignment: .centre)))
  }

  /// Adds a number at the right of a row.
  mutating func addNumber(_ text: String, atRow place: Double) {
    elements.append(.label(Label(text: text, x: .share(1), y: .value(place), right: 12)))
  }
}

extension Plot {
  /// Adds lines of text at the top of the plot, beside an upright line and on the side of it that has more room.
  mutating func addLines(_ lines: [(text: String, font: Font, colour: Colour)], beside value: Double) {
    let middle = Int(x(value).rounded())
    let isRight = middle - area.x < area.right - middle
    let room = (isRight ? area.right - middle : middle - area.x) - 8
    for (number, line) in lines.enumerated() {
      elements.append(
        .label(
          Label(
            text: line.font.fitted(line.text, toWidth: room), x: .value(value), y: .share(1),
            right: isRight ? 8 : -8, down: 12 + number * ChartFrame.lineHeight, font: line.font,
            colour: line.colour, alignment: isRight ? .left : .right)))
    }
  }
}

extension PlotAxis {
  /// Shares from 0 % to 100 %.
  ///
  /// - Parameter margin: Room beyond both ends, so that marks there are complete.
  static func shares(on run: Run, name: String, margin: Double = 0.02) -> PlotAxis {
    linear(-margin...1 + margin, on: run, name: name, unit: " %", factor: 100, within: 0...1)
  }
}

extension ChartFrame {
  /// Width of the widest text at the side of a plot.
  static func widest(_ texts: [String]) -> Int { texts.map(font.width(of:)).max() ?? 0 }
}
