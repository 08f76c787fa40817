import Images

/// The shape of a point in a chart.
enum Mark: Sendable {
  case circle, square, diamond, triangle, downTriangle, pentagon
  case openSquare, openCircle, openTriangle, openDiamond, cross
  /// Nothing at the points of a line.
  case none

  /// gnuplot's symbol of the same shape.
  var gnuplotNumber: Int {
    switch self {
    case .circle: 7
    case .square: 5
    case .diamond: 13
    case .triangle: 9
    case .downTriangle: 11
    case .pentagon: 15
    case .openSquare: 4
    case .openCircle: 6
    case .openTriangle: 8
    case .openDiamond: 12
    case .cross: 2
    case .none: 0
    }
  }

  /// Corners about the origin, y downwards, for a mark of size 1; empty for a circle. Areas are about equal.
  private var corners: [(x: Double, y: Double)] {
    switch self {
    case .square, .openSquare: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    case .diamond, .openDiamond: [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
    case .triangle, .openTriangle: [(0, -1.25), (1.2, 0.9), (-1.2, 0.9)]
    case .downTriangle: [(0, 1.25), (1.2, -0.9), (-1.2, -0.9)]
    case .pentagon: [(0, -1.15), (1.09, -0.36), (0.68, 0.93), (-0.68, 0.93), (-1.09, -0.36)]
    case .circle, .openCircle, .cross, .none: []
    }
  }

  fileprivate func outline(at centre: Canvas.Point, size: Double) -> [Canvas.Point] {
    corners.map { .init(x: centre.x + $0.x * size, y: centre.y + $0.y * size) }
  }
}

extension Canvas {
  /// - Parameter size: About half the width of the mark.
  func draw(_ mark: Mark, at centre: Point, size: Double, _ colour: Colour) {
    let outline = 1.4
    switch mark {
    case .none: break
    case .circle: circle(at: centre, radius: size, colour)
    case .openCircle: circle(at: centre, radius: size, colour, outline: outline)
    case .cross:
      for side in [-1.0, 1] {
        stroke(
          [
            Point(x: centre.x - 0.85 * size, y: centre.y - side * 0.85 * size),
            Point(x: centre.x + 0.85 * size, y: centre.y + side * 0.85 * size),
          ], width: 1.6, colour)
      }
    case .square, .diamond, .triangle, .downTriangle, .pentagon:
      fill(area: mark.outline(at: centre, size: size), colour)
    case .openSquare, .openTriangle, .openDiamond:
      let corners = mark.outline(at: centre, size: size)
      stroke(corners + corners.prefix(2), width: outline, colour)
    }
  }
}
