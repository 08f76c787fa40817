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

    fileprivate var colour: ChartCode {
      switch look {
      case .role(let role): role.colour
      case .classIndex(let index): "\(ClassKey(names: []).colour(index))"
      }
    }

    /// Classes cycle through dash patterns, so that lines can be distinguished in grey print too.
    fileprivate var dash: ChartCode {
      switch look {
      case .role(let role): role.dash
      case .classIndex(let index): ["solid", "(9,4)", "(3,3)"][index % 3]
      }
    }

    fileprivate var mark: Int {
      switch look {
      case .role(let role): role.point
      case .classIndex: 7
      }
    }
  }

  /// An axis of ``lines(caption:lines:across:up:band:)``.
  public struct Axis: Hashable, Sendable {
    public var name: String
    /// Needs positive values.
    public var isLogarithmic: Bool

    /// Positions of the numbers; nil: gnuplot's choice.
    public var places: [Double]?

    public init(_ name: String, isLogarithmic: Bool = false, places: [Double]? = nil) {
      (self.name, self.isLogarithmic, self.places) = (name, isLogarithmic, places)
    }

    fileprivate func range(of values: [Double]) -> ClosedRange<Double> {
      guard isLogarithmic else { return ChartScale.range(of: values) }
      precondition(values.allSatisfy { $0 > 0 }, "\(name): a logarithmic axis shows positive values")
      return (values.min() ?? 1) / 1.25...(values.max() ?? 1) * 1.25
    }

    /// Gnuplot's expression for the second column of a table, offset by a fraction of the axis.
    fileprivate func moved(by share: Double, in range: ClosedRange<Double>) -> ChartCode {
      guard share != 0 else { return "$2" }
      return isLogarithmic
        ? "$2 * \(pow(range.upperBound / range.lowerBound, share))"
        : "$2 + \(share * (range.upperBound - range.lowerBound))"
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
    let values = points.flatMap { point in
      check(point.interval, "x = \(point.x)")
      return [point.value] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let frame = ChartFrame(
      caption, width: 760, plotHeight: 360, room: .init(left: 86, right: 34),
      legend: lines.map {
        .init(
          name: ChartFrame.ticFont.truncated($0.name, toWidth: 300), colour: $0.colour,
          point: $0.hasMarks ? $0.mark : 0, dash: $0.dash)
      })
    let horizontal = across.range(of: points.map(\.x))
    let barred = lines.indices.filter { number in lines[number].points.contains { $0.interval != nil } }
    var rows: [[any CSVValue]] = []
    var plots: [ChartCode] = []
    for (number, line) in lines.enumerated() {
      let first = rows.count
      rows += line.points.sorted { $0.x < $1.x }.map {
        [
          number, $0.x, $0.value, $0.interval?.lowerBound,
          $0.interval?.upperBound,
          line.name,
        ]
      }
      // Lines at the same positions would hide each other's intervals: each is offset by a few pixels.
      let place = barred.firstIndex(of: number).map { Double($0) - Double(barred.count - 1) / 2 } ?? 0
      let source: ChartCode =
        "data skip 1 every ::\(first)::\(rows.count - 1) using (\(across.moved(by: place * barShift, in: horizontal)))"
      let colour: ChartCode = "linecolor rgb '\(line.colour)'"
      if line.points.contains(where: { $0.interval != nil }) {
        plots.append("\(source):3:4:5 with yerrorbars pointtype 0 linewidth 1.5 \(colour)")
      }
      let marks: ChartCode = line.hasMarks ? "linespoints pointtype \(line.mark) pointsize 1" : "lines"
      plots.append("\(source):3 with \(marks) linewidth 2 dashtype \(line.dash) \(colour)")
    }
    let script: [ChartCode] =
      frame.lines + frame.margins(frame.plot) + frame.axisNames(x: across.name, y: up.name)
      + [
        "set xrange \(ChartScale.script(horizontal))",
        "set yrange \(ChartScale.script(up.range(of: values)))",
      ] + (across.isLogarithmic ? ["set logscale x"] : []) + (up.isLogarithmic ? ["set logscale y"] : [])
      + (across.places.map {
        ["set xtics (\($0.map { Gnuplot.tic(Numbers.factor($0), at: $0) }.joined(separator: ", ")))"]
      } ?? [])
      + (band.map {
        [
          "set object rectangle from \($0.lowerBound), graph 0 to \($0.upperBound), graph 1"
            + " fillcolor rgb '#DDEFE6' fillstyle solid noborder behind"
        ]
      } ?? [])
      + ["plot \(plots.joined(separator: continuation))"]
    return Chart(
      script: script, table: [["series", "x", up.name, "lower", "upper", "name"]] + rows, width: frame.width,
      height: frame.height, about: frame.about, scale: 2)
  }
}

/// The offset between the intervals of two lines, as a fraction of the axis: four pixels.
private let barShift = 0.006
