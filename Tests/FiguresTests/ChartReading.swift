import Foundation
import Images
import Testing

@testable import Figures

/// What a reader sees in a plot: positions told by the numbers at the axes, not by what drew them.
struct ChartReading {
  private let across: Scale?
  private let up: Scale?
  private let chart: Chart
  private let plot: Plot

  /// A straight line through the first and the last number of an axis.
  private struct Scale {
    let low: (place: Double, value: Double)
    let high: (place: Double, value: Double)
    let isLogarithmic: Bool

    init?(_ labels: [(place: Double, text: String)], isLogarithmic: Bool) {
      let numbers = labels.compactMap { label in
        Self.number(label.text).map { (place: label.place, value: $0) }
      }
      guard numbers.count > 1 else { return nil }
      (low, high, self.isLogarithmic) = (numbers[0], numbers[numbers.count - 1], isLogarithmic)
    }

    func value(_ place: Double) -> Double {
      let share = (place - low.place) / (high.place - low.place)
      return isLogarithmic
        ? low.value * pow(high.value / low.value, share) : low.value + share * (high.value - low.value)
    }

    private static func number(_ text: String) -> Double? {
      var plain = text.replacing("−", with: "-").replacing(",", with: "").replacing(" %", with: "")
      if let ten = plain.range(of: "10", options: .backwards),
        plain[ten.upperBound...].contains(where: "⁰¹²³⁴⁵⁶⁷⁸⁹⁻".contains), !plain[ten.upperBound...].isEmpty
      {
        let exponent = plain[ten.upperBound...].map {
          $0 == "⁻" ? "-" : String(Array("⁰¹²³⁴⁵⁶⁷⁸⁹").firstIndex(of: $0)!)
        }
        let mantissa = plain[..<ten.lowerBound].replacing("×", with: "")
        plain = (mantissa.isEmpty ? "1" : mantissa) + "e" + exponent.joined()
      }
      return Double(plain)
    }
  }

  init(_ chart: Chart, plot number: Int = 0) {
    self.chart = chart
    plot = chart.plots[number]
    let labels = plot.tickLabels
    across = Scale(
      labels.filter { $0.alignment == .centre }.map { (Double($0.x), $0.text) },
      isLogarithmic: plot.across.isLogarithmic)
    up = Scale(
      labels.filter { $0.alignment == .right && $0.degrees == 0 }.map {
        (Double($0.baseline - $0.font.capHeight / 2), $0.text)
      }, isLogarithmic: plot.up.isLogarithmic)
  }

  func x(_ place: Double) -> Double { across?.value(place) ?? .nan }
  func y(_ place: Double) -> Double { up?.value(place) ?? .nan }

  private var shapes: [Sketch.Shape] { plot.sketch(of: chart.numbers).shapes }

  /// Marks of the colour in pixels, in drawing order.
  func marks(_ colour: Colour, _ mark: Mark? = nil) -> [Sketch.Point] {
    shapes.compactMap {
      guard case .mark(let drawn, let point, _, let ink) = $0, ink == colour, mark ?? drawn == drawn else {
        return nil
      }
      return point
    }
  }

  /// Lines of the colour in pixels; those of the axes are of other colours.
  func lines(_ colour: Colour) -> [[Sketch.Point]] {
    shapes.compactMap {
      guard case .line(let points, let stroke, _) = $0, stroke.colour == colour else { return nil }
      return points
    }
  }

  /// Filled areas of the colour in pixels.
  func areas(_ colour: Colour) -> [[Sketch.Point]] {
    shapes.compactMap {
      guard case .area(let points, let ink, _, _) = $0, ink == colour else { return nil }
      return points
    }
  }

  /// The name of the row in which a mark stands, of rows that are named at the left.
  func row(_ point: Sketch.Point) -> String {
    let names = plot.tickLabels.filter { $0.alignment == .right }
    return names.min {
      abs(Double($0.baseline - $0.font.capHeight / 2) - point.y)
        < abs(Double($1.baseline - $1.font.capHeight / 2) - point.y)
    }?.text ?? ""
  }

  /// The text of the plot that stands right of it, at the height of a point.
  func number(beside point: Sketch.Point) -> String {
    plot.sketch(of: chart.numbers).texts.first {
      $0.x > plot.area.right && abs(Double($0.baseline - $0.font.capHeight / 2) - point.y) < 2
    }?.text ?? ""
  }

  /// The text of the plot nearest to a point.
  func text(at point: Sketch.Point) -> String {
    plot.sketch(of: chart.numbers).texts.min {
      distance($0.box, point) < distance($1.box, point)
    }?.text ?? ""
  }

  private func distance(_ box: Rectangle, _ point: Sketch.Point) -> Double {
    hypot(Double(box.x) + Double(box.width) / 2 - point.x, Double(box.y) + Double(box.height) / 2 - point.y)
  }
}

/// Whether numbers read from a picture are these, to the pixel or so.
func expectRead(
  _ read: [Double], _ values: [Double], within tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    read.count == values.count && zip(read, values).allSatisfy { abs($0 - $1) <= tolerance },
    "\(read), not \(values)",
    sourceLocation: sourceLocation)
}
