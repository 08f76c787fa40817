import Foundation
import Images

extension Plot {
  /// A row of a series that has both values.
  private struct Spot {
    var row: Int
    var x: Double
    var y: Double
  }

  func draw(_ series: PlotSeries, of table: ChartTable, into sketch: inout Sketch) {
    func spots(_ rows: Range<Int>) -> [Spot] {
      rows.compactMap { row -> Spot? in
        guard let x = table.value(series.x, row), let y = table.value(series.y, row) else { return nil }
        return Spot(row: row, x: x, y: y)
      }
    }
    let runs = table.runs(of: series).map(spots)
    let spots = spots(series.rows)
    switch series.look {
    case .marks(let mark, let size): drawMarks(mark, size, series.colour, at: spots, into: &sketch)
    case .curve(let width, let dash, let mark):
      for run in runs {
        drawLine(
          run.map(point), Sketch.Stroke(width: width, colour: series.colour, dash: dash), into: &sketch)
      }
      drawMarks(mark, ChartFrame.markSize, series.colour, at: spots, into: &sketch)
    case .steps(let width, let dash):
      for run in runs {
        let corners =
          zip(run, run.dropFirst()).flatMap { [$0, Spot(row: $0.row, x: $1.x, y: $0.y)] } + run.suffix(1)
        drawLine(
          corners.map(point), Sketch.Stroke(width: width, colour: series.colour, dash: dash), into: &sketch)
      }
    case .errorBars(let axis, let low, let high, let width):
      for spot in spots where isInside(spot, along: axis) {
        guard let low = table.number(low, spot.row), let high = table.number(high, spot.row) else { continue }
        drawErrorBar(
          axis, at: spot, low...max(low, high), Sketch.Stroke(width: width, colour: series.colour),
          into: &sketch)
      }
    case .band(let low, let high):
      for run in runs {
        let ends = run.compactMap { spot -> (low: Sketch.Point, high: Sketch.Point)? in
          guard let low = table.number(low, spot.row), let high = table.number(high, spot.row) else {
            return nil
          }
          return (point(Spot(row: 0, x: spot.x, y: low)), point(Spot(row: 0, x: spot.x, y: high)))
        }
        sketch.shapes.append(
          .area(ends.map(\.low) + ends.reversed().map(\.high), series.colour, opacity: 0.2, clip: area))
      }
    case .boxes(let low, let high, let least):
      for spot in spots where spot.y > 0 {
        guard let low = table.number(low, spot.row), let high = table.number(high, spot.row) else { continue }
        let middle = (low + high) / 2
        drawBox(
          high > low ? low...high : middle - least / 2...middle + least / 2, spot.y, series.colour,
          into: &sketch)
      }
    case .segments(let column):
      for spot in spots {
        guard let end = table.number(column, spot.row), end.isFinite, spot.x.isFinite else { continue }
        sketch.line([point(spot), point(Spot(row: 0, x: end, y: spot.y))], width: 1.5, series.colour)
      }
    case .cells(let column, let scale, let number):
      for spot in spots {
        guard let value = table.number(column, spot.row) else { continue }
        drawCell(at: spot, value, scale, number, into: &sketch)
      }
    }
  }

  private func point(_ spot: Spot) -> Sketch.Point { .init(x: x(spot.x), y: y(spot.y)) }

  private func drawLine(_ points: [Sketch.Point], _ stroke: Sketch.Stroke, into sketch: inout Sketch) {
    guard points.count > 1 else { return }
    // A line along an end of the axis keeps its full width.
    sketch.shapes.append(.line(points, stroke, clip: area.inset(by: -2)))
  }

  private func drawMarks(
    _ mark: Mark, _ size: Double, _ colour: Colour, at spots: [Spot], into sketch: inout Sketch
  ) {
    guard mark != .none else { return }
    for spot in spots where across.holds(spot.x) && up.holds(spot.y) {
      sketch.shapes.append(.mark(mark, at: point(spot), size: size, colour))
    }
  }

  private func isInside(_ spot: Spot, along axis: Rule.Axis) -> Bool {
    axis == .across ? up.holds(spot.y) : across.holds(spot.x)
  }

  private func drawErrorBar(
    _ axis: Rule.Axis, at spot: Spot, _ interval: ClosedRange<Double>, _ stroke: Sketch.Stroke,
    into sketch: inout Sketch
  ) {
    /// Half the length of the lines at its ends.
    let cap = 3.5
    func line(_ from: Sketch.Point, _ to: Sketch.Point) {
      sketch.shapes.append(.line([from, to], stroke, clip: area.inset(by: -4)))
    }
    let ends = [interval.lowerBound, interval.upperBound].map { end in
      axis == .across ? point(Spot(row: 0, x: end, y: spot.y)) : point(Spot(row: 0, x: spot.x, y: end))
    }
    guard ends.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return }
    line(ends[0], ends[1])
    for end in ends {
      let (dx, dy) = axis == .across ? (0, cap) : (cap, 0)
      line(.init(x: end.x - dx, y: end.y - dy), .init(x: end.x + dx, y: end.y + dy))
    }
  }

  private func drawBox(
    _ interval: ClosedRange<Double>, _ height: Double, _ colour: Colour, into sketch: inout Sketch
  ) {
    let (left, right) = (x(interval.lowerBound), x(interval.upperBound))
    // Bars stand on the axis, which of a logarithmic one is no value.
    let top = y(height)
    guard top < Double(area.bottom) else { return }
    // Half a pixel of white between bars that have room for it.
    let gap = right - left > 3 ? 0.5 : 0
    let corners: [Sketch.Point] = [
      .init(x: left, y: top), .init(x: right - gap, y: top), .init(x: right - gap, y: Double(area.bottom)),
      .init(x: left, y: Double(area.bottom)),
    ]
    sketch.shapes.append(.area(corners, colour, clip: area))
  }

  private func drawCell(
    at spot: Spot, _ value: Double, _ scale: ColourScale, _ number: PlotSeries.CellNumber?,
    into sketch: inout Sketch
  ) {
    let colour = scale.colour(value)
    let (left, right) = (x(spot.x - 0.5).rounded(), x(spot.x + 0.5).rounded())
    let (one, other) = (y(spot.y - 0.5).rounded(), y(spot.y + 0.5).rounded())
    let box = Rectangle(
      x: Int(left), y: Int(min(one, other)), width: Int(right - left), height: Int(abs(one - other)))
    // Cells large enough to hold a number are a pixel apart.
    sketch.area(
      number == nil ? box : Rectangle(x: box.x, y: box.y, width: box.width - 1, height: box.height - 1),
      colour)
    guard let text = number?.text(value) else { return }
    sketch.text(
      text, x: box.x + box.width / 2, baseline: box.y + (box.height + ChartFrame.small.capHeight) / 2,
      font: ChartFrame.small, colour: colour.ink == .white ? .white : Style.ink, alignment: .centre)
  }
}

extension PlotSeries.CellNumber {
  /// Nil for what is not written.
  func text(_ value: Double) -> String? {
    switch self {
    case .count: value > 0 ? AxisNumbers.decimal(value, digits: 0) : nil
    case .percentage: value >= 99.95 ? "100" : String(format: "%.1f", value)
    }
  }
}
