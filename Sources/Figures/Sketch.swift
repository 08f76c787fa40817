import Foundation
import Images

/// A drawing as a list of shapes and texts in pixels, in drawing order: a canvas shows it, a script repeats it, a test
/// looks at it.
struct Sketch: Sendable {
  typealias Point = Canvas.Point

  enum Shape: Sendable {
    /// What lies outside `clip` is not drawn.
    case line([Point], Stroke, clip: Rectangle? = nil)
    case area([Point], Colour, opacity: Double = 1, clip: Rectangle? = nil)
    case mark(Mark, at: Point, size: Double, Colour)
    case text(Text)
  }

  struct Stroke: Hashable, Sendable {
    var width: Double
    var colour: Colour
    /// Lengths of dashes and gaps by turns; empty for a solid line.
    var dash: [Double] = []
  }

  struct Text: Hashable, Sendable {
    var text: String
    var x: Int
    var baseline: Int
    var font: Font
    var colour: Colour
    var alignment: Canvas.Alignment = .left
    /// Turned counterclockwise about the point (x, baseline).
    var degrees = 0

    /// The upright box that holds the text, turned or not.
    var box: Rectangle {
      let width = font.width(of: text)
      let left =
        switch alignment {
        case .left: x
        case .centre: x - width / 2
        case .right: x - width
        }
      // Capitals of DejaVu with their accents, and its descenders.
      let (above, below) = (
        Int((0.93 * Double(font.size)).rounded()), Int((0.24 * Double(font.size)).rounded())
      )
      let flat = Rectangle(x: left, y: baseline - above, width: width, height: above + below)
      guard degrees != 0 else { return flat }
      let angle = Double(degrees) * Double.pi / 180
      let corners = [
        (flat.x, flat.y), (flat.right, flat.y), (flat.x, flat.bottom), (flat.right, flat.bottom),
      ].map {
        let (dx, dy) = (Double($0.0 - x), Double($0.1 - baseline))
        return (
          x: Double(x) + dx * cos(angle) + dy * sin(angle),
          y: Double(baseline) - dx * sin(angle) + dy * cos(angle)
        )
      }
      let (xs, ys) = (corners.map(\.x), corners.map(\.y))
      let (low, high) = (
        (x: Int(xs.min()!.rounded(.down)), y: Int(ys.min()!.rounded(.down))),
        (x: Int(xs.max()!.rounded(.up)), y: Int(ys.max()!.rounded(.up)))
      )
      return Rectangle(x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y)
    }
  }

  var shapes: [Shape] = []

  var texts: [Text] {
    shapes.compactMap {
      guard case .text(let text) = $0 else { return nil }
      return text
    }
  }

  static func + (left: Sketch, right: Sketch) -> Sketch { Sketch(shapes: left.shapes + right.shapes) }

  mutating func line(_ points: [Point], width: Double = 1, _ colour: Colour, dash: [Double] = []) {
    shapes.append(.line(points, Stroke(width: width, colour: colour, dash: dash)))
  }

  mutating func area(_ rectangle: Rectangle, _ colour: Colour) {
    shapes.append(.area(rectangle.corners, colour))
  }

  mutating func text(
    _ text: String, x: Int, baseline: Int, font: Font, colour: Colour = Style.ink,
    alignment: Canvas.Alignment = .left, degrees: Int = 0
  ) {
    guard !text.isEmpty else { return }
    shapes.append(
      .text(
        Text(
          text: text, x: x, baseline: baseline, font: font, colour: colour, alignment: alignment,
          degrees: degrees)))
  }
}

extension Rectangle {
  var corners: [Sketch.Point] {
    [(x, y), (right, y), (right, bottom), (x, bottom)].map { .init(x: Double($0.0), y: Double($0.1)) }
  }

  func overlaps(_ other: Rectangle) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }

  func contains(_ other: Rectangle) -> Bool {
    x <= other.x && y <= other.y && other.right <= right && other.bottom <= bottom
  }
}

extension Canvas {
  func draw(_ sketch: Sketch) {
    for shape in sketch.shapes {
      switch shape {
      case .line(let points, let stroke, let clip):
        clipped(to: clip) { self.stroke(points, width: stroke.width, dash: stroke.dash, stroke.colour) }
      case .area(let points, let colour, let opacity, let clip):
        clipped(to: clip) { fill(area: points, colour, opacity: opacity) }
      case .mark(let mark, let centre, let size, let colour):
        draw(mark, at: centre, size: size, colour)
      case .text(let text):
        draw(text)
      }
    }
  }

  private func clipped(to rectangle: Rectangle?, _ body: () -> Void) {
    if let rectangle { clipped(to: rectangle, body) } else { body() }
  }

  private func draw(_ text: Sketch.Text) {
    guard text.degrees != 0 else {
      draw(
        text.text, x: text.x, baseline: text.baseline, font: text.font, colour: text.colour,
        alignment: text.alignment)
      return
    }
    turned(by: Double(text.degrees), about: Point(x: Double(text.x), y: Double(text.baseline))) {
      draw(text.text, x: 0, baseline: 0, font: text.font, colour: text.colour, alignment: text.alignment)
    }
  }
}
