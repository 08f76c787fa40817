import Images

/// A pair of axes and what is drawn between them, in values. It is shown by ``Plot/sketch(of:)`` and exported as a part
/// of a gnuplot script, so both draw the same.
struct Plot: Sendable {
  /// Room between the axes, in pixels of the picture.
  var area: Rectangle
  var across: PlotAxis
  var up: PlotAxis
  /// In drawing order.
  var elements: [Element] = []

  enum Element: Sendable {
    case series(PlotSeries)
    case rule(Rule)
    case label(Label)
    /// A part of the horizontal axis, over the whole height.
    case strip(ClosedRange<Double>, Colour)
    /// The outline of a rectangle.
    case outline(ClosedRange<Double>, ClosedRange<Double>, Colour)
  }

  /// A line at one value of an axis, through the whole plot.
  struct Rule: Sendable {
    enum Axis { case across, up }

    var axis: Axis
    var value: Double
    var stroke: Sketch.Stroke
  }

  /// A position on one axis.
  enum Place: Sendable {
    case value(Double)
    /// Of the axis, from the left or from below.
    case share(Double)
  }

  /// A text at a position, moved by pixels to the right and downwards.
  struct Label: Sendable {
    var text: String
    var x: Place
    var y: Place
    var right = 0
    var down = 0
    var font = ChartFrame.font
    var colour = Style.ink
    var alignment = Canvas.Alignment.left
  }

  func x(_ value: Double) -> Double { Double(area.x) + across.share(value) * Double(area.width) }

  func y(_ value: Double) -> Double { Double(area.bottom) - up.share(value) * Double(area.height) }

  func x(_ place: Place) -> Double {
    switch place {
    case .value(let value): x(value)
    case .share(let share): Double(area.x) + share * Double(area.width)
    }
  }

  func y(_ place: Place) -> Double {
    switch place {
    case .value(let value): y(value)
    case .share(let share): Double(area.bottom) - share * Double(area.height)
    }
  }

  /// Where the label begins, with the middle of its capitals at the position.
  func text(_ label: Label) -> Sketch.Text {
    Sketch.Text(
      text: label.text, x: Int(x(label.x).rounded()) + label.right,
      baseline: Int(y(label.y).rounded()) + label.down + label.font.capHeight / 2, font: label.font,
      colour: label.colour, alignment: label.alignment)
  }
}

/// Rows of a chart's table, drawn in one way. Columns count from 1, as in gnuplot.
struct PlotSeries: Sendable {
  /// A column of the table, times a factor and moved by an offset.
  struct Column: Sendable {
    var number: Int
    var factor = 1.0
    var offset = 0.0
  }

  enum Look: Sendable {
    case marks(Mark, size: Double)
    /// A line from row to row.
    case curve(width: Double, dash: [Double], mark: Mark)
    /// A line that keeps its height until the next row.
    case steps(width: Double, dash: [Double])
    /// Intervals on the vertical or on the horizontal axis.
    case errorBars(Plot.Rule.Axis, low: Int, high: Int, width: Double)
    /// The area between two columns of the vertical axis.
    case band(low: Int, high: Int)
    /// Bars from 0 to y between two columns of the horizontal axis, `least` wide if these are equal.
    case boxes(low: Int, high: Int, least: Double)
    /// Level lines from x to another column.
    case segments(to: Int)
    /// Unit squares coloured by another column, with its value written in them if `number` is given.
    case cells(value: Int, ColourScale, number: CellNumber?)
  }

  /// How the value of a cell is written.
  enum CellNumber: Sendable {
    /// Without zeros.
    case count
    /// With one decimal, 100 without.
    case percentage
  }

  /// Without the heading, from 0.
  var rows: Range<Int>
  var x: Column
  var y: Column
  var look: Look
  var colour: Colour
}

/// Colours of the cells of a heat map, from light to dark.
struct ColourScale: Sendable {
  /// Positions in [0, 1], ascending from 0 to 1.
  let stops: [(place: Double, colour: Colour)]
  let largest: Double

  func colour(_ value: Double) -> Colour {
    let share = min(max(value / largest, 0), 1)
    let next = stops.firstIndex { $0.place >= share } ?? stops.count - 1
    guard next > 0 else { return stops[0].colour }
    let (low, high) = (stops[next - 1], stops[next])
    let part = (share - low.place) / (high.place - low.place)
    func mixed(_ channel: KeyPath<Colour, UInt8>) -> UInt8 {
      let (from, to) = (Double(low.colour[keyPath: channel]), Double(high.colour[keyPath: channel]))
      return UInt8((from + part * (to - from)).rounded())
    }
    return Colour(red: mixed(\.red), green: mixed(\.green), blue: mixed(\.blue))
  }

  /// The value above which white can be read better than black, to a hundredth of the scale.
  var whiteTextAbove: Double {
    let places = (0...100).map { Double($0) / 100 * largest }
    return places.first { colour($0).ink == .white } ?? largest
  }
}

/// The key of a heat map: the colours of an upright bar, with numbers.
struct ColourBar: Sendable {
  var area: Rectangle
  var scale: ColourScale
  /// Numbers at the right of the bar.
  var axis: PlotAxis
}
