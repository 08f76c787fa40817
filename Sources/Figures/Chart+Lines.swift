import Foundation
import Images
import Storage

extension Chart {
  /// One line of ``lines(caption:lines:across:up:band:)``.
  public struct Line: Hashable, Sendable {
    public enum Look: Hashable, Sendable {
      case role(Role)
      /// The colour of the class, the same in every figure.
      case classIndex(Int)
    }

    public var name: String
    public var look: Look
    /// At least one; drawn from left to right.
    public var points: [Point]
    /// Whether every point has a mark; a line of a hundred points is better without.
    public var hasMarks: Bool

    public init(name: String, look: Look, points: [Point], hasMarks: Bool = true) {
      (self.name, self.look, self.points, self.hasMarks) = (name, look, points, hasMarks)
    }

    fileprivate var colour: Colour {
      switch look {
      case .role(let role): role.colour
      case .classIndex(let index): ClassKey(names: []).colour(index).forLines
      }
    }

    /// Classes cycle through dash patterns, so that lines can be distinguished in grey print too.
    fileprivate var dash: [Double] {
      switch look {
      case .role(let role): role.dash
      case .classIndex(let index): [[], [9, 4], [3, 3]][index % 3]
      }
    }

    fileprivate var mark: Mark {
      guard hasMarks else { return .none }
      return switch look {
      case .role(let role): role.mark
      case .classIndex: .circle
      }
    }
  }

  /// An axis of ``lines(caption:lines:across:up:band:)``.
  public struct Axis: Hashable, Sendable {
    public var name: String
    /// Needs positive values.
    public var isLogarithmic: Bool

    /// Positions of the numbers; nil: round ones.
    public var places: [Double]?

    public init(_ name: String, isLogarithmic: Bool = false, places: [Double]? = nil) {
      (self.name, self.isLogarithmic, self.places) = (name, isLogarithmic, places)
    }

    fileprivate func plotAxis(of values: [Double], on run: PlotAxis.Run) -> PlotAxis {
      let axis: PlotAxis
      if isLogarithmic {
        precondition(
          !values.contains { $0 <= 0 }, "\(name): a logarithmic axis shows positive values")
        axis = .logarithmic(ChartScale.logarithmicRange(of: values), on: run, name: name)
      } else {
        axis = .linear(ChartScale.range(of: values), on: run, name: name)
      }
      return places.map { axis.numbered(at: $0, on: run) } ?? axis
    }
  }

  /// Lines against a number, with linear or logarithmic axes.
  ///
  /// - Parameters:
  ///   - lines: At least one, each with at least one point.
  ///   - band: Part of the horizontal axis with a tinted background; the caption explains it.
  public static func lines(
    caption: FigureCaption, lines: [Line], across: Axis, up: Axis, band: ClosedRange<Double>? = nil
  ) -> Chart {
    precondition(
      !lines.isEmpty && lines.allSatisfy { !$0.points.isEmpty },
      "every line of a chart has at least one point")
    let points = lines.flatMap(\.points)
    for point in points { check(point.interval, "x = \(point.x)") }
    let frame = ChartFrame(
      caption, legend: lines.map { .init(name: $0.name, colour: $0.colour, mark: $0.mark, dash: $0.dash) })
    let height = 320
    var plot = frame.plot(height: height, right: 16, up: up.plotAxis(of: extent(points), on: .up(height))) {
      across.plotAxis(of: points.map(\.x), on: .across($0))
    }
    if let band { plot.elements.append(.strip(band.clamped(to: plot.across.range), Colour(0xDDEFE6))) }
    var table = ChartTable(["series", "x", up.name, "lower", "upper", "name"])
    // Lines at the same positions would hide each other's intervals: each is offset by a few pixels.
    let barred = lines.indices.filter { number in
      lines[number].hasMarks && lines[number].points.contains { $0.interval != nil }
    }
    for (number, line) in lines.enumerated() {
      let rows = table.append(
        line.points.sorted { $0.x < $1.x }.map {
          [number, $0.x, $0.value, $0.interval?.lowerBound, $0.interval?.upperBound, line.name]
        })
      let x =
        barred.firstIndex(of: number).map {
          plot.across.moved(column: 2, $0, of: barred.count, at: barShift)
        } ?? .column(2)
      // The bars of a hundred points would be a hatching.
      plot.add(
        line.hasMarks ? .errorBars(.up, low: 4, high: 5, width: 1.5) : .band(low: 4, high: 5), rows, x: x,
        y: .column(3), line.colour)
      plot.add(
        .curve(width: ChartFrame.lineWidth, dash: line.dash, mark: line.mark), rows, x: x, y: .column(3),
        line.colour)
    }
    return Chart(caption, table, frame, [plot])
  }
}

/// The offset between the intervals of two lines, as a fraction of the axis: four pixels.
private let barShift = 0.008

extension PlotAxis {
  /// A column of values on this axis for one of several lines, moved so that all stand beside each other about their
  /// place, `step` of the axis apart.
  func moved(column: Int, _ number: Int, of count: Int, at step: Double) -> PlotSeries.Column {
    let share = (Double(number) - Double(count - 1) / 2) * step
    return isLogarithmic
      ? .column(column, factor: pow(range.upperBound / range.lowerBound, share))
      : .column(column, offset: share * (range.upperBound - range.lowerBound))
  }
}

extension Colour {
  /// A darker shade of a colour that is too light for a thin line on white.
  var forLines: Colour {
    guard luma > 190 else { return self }
    func darker(_ level: UInt8) -> UInt8 { UInt8(0.72 * Double(level)) }
    return Colour(red: darker(red), green: darker(green), blue: darker(blue))
  }
}
