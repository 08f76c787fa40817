import Foundation
import Images

/// One axis of a plot: its range and the places with numbers or names.
struct PlotAxis: Sendable {
  struct Tick: Hashable, Sendable {
    var value: Double
    /// One line or two, with a line break between them.
    var label: String
  }

  var range: ClosedRange<Double>
  var isLogarithmic = false
  /// Whether the range begins at the top or the right, as rows of a table do.
  var isReversed = false
  var ticks: [Tick] = []
  /// Places without a label.
  var minorTicks: [Double] = []
  /// The distance between ticks of a linear axis with numbers, for a script.
  var step: Double?
  /// Whether lines cross the plot at the ticks.
  var hasGrid = true
  /// Whether the axis is drawn, and short lines at its ticks.
  var isDrawn = true
  /// Whether labels of a horizontal axis rise to their tick; they are otherwise level.
  var labelDegrees = 0
  var name = ""

  /// Fraction of the axis at the value, from the lower end.
  func share(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    let share =
      isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
    return isReversed ? 1 - share : share
  }

  func holds(_ value: Double) -> Bool {
    let tolerance = 1e-9
    return value.isFinite && (!isLogarithmic || value > 0)
      && (-tolerance...1 + tolerance).contains(share(value))
  }

  // MARK: Numbers

  /// A direction in which labels need room.
  enum Run {
    /// Side by side, on so many pixels.
    case across(Int)
    /// One above the other, on so many pixels.
    case up(Int)

    fileprivate var length: Double {
      switch self {
      case .across(let length), .up(let length): Double(length)
      }
    }

    /// Pixels between the places of two labels, at least; decades may stand closer than other numbers.
    fileprivate func distance(_ label: String, _ other: String, _ font: Font, isLogarithmic: Bool) -> Double {
      switch self {
      case .across: Double(font.width(of: label) + font.width(of: other)) / 2 + 14
      case .up: (isLogarithmic ? 1.6 : 2.3) * Double(font.size)
      }
    }
  }

  /// A linear axis with round numbers, as many as have room.
  ///
  /// - Parameters:
  ///   - unit: Follows every number: ` %`.
  ///   - factor: Shown numbers are values times this: 100 for percentages.
  ///   - isWhole: Whether only whole numbers can be labelled, such as counts.
  static func linear(
    _ range: ClosedRange<Double>, on run: Run, name: String = "", unit: String = "", factor: Double = 1,
    isWhole: Bool = false, within limits: ClosedRange<Double>? = nil
  ) -> PlotAxis {
    let shown = limits.map(range.clamped) ?? range
    // Within one value there is room for that number alone.
    let width = (shown.lowerBound == shown.upperBound ? range : shown).width * factor
    var axis = PlotAxis(range: range, name: name)
    var step = ChartScale.step(above: width / 14)
    if isWhole { step = max(1, step) }
    while true {
      let first = (shown.lowerBound * factor / step - 1e-9).rounded(.up)
      let last = (shown.upperBound * factor / step + 1e-9).rounded(.down)
      let numbers = first <= last ? Array(stride(from: first, through: last, by: 1)) : []
      let values = numbers.map { $0 * step }
      let texts = AxisNumbers.texts(values, step: step).map { $0 + unit }
      axis.ticks = zip(values, texts).map { Tick(value: $0 / factor, label: $1) }
      axis.step = step / factor
      if axis.ticks.count < 2 || axis.hasRoomForLabels(on: run) { return axis }
      step = ChartScale.step(above: step * 1.5)
    }
  }

  /// A logarithmic axis with powers of ten, or the 1, 2 and 5 between them if it is short, and minor ticks.
  static func logarithmic(_ range: ClosedRange<Double>, on run: Run, name: String = "") -> PlotAxis {
    precondition(range.lowerBound > 0, "\(name): a logarithmic axis shows positive values")
    var axis = PlotAxis(range: range, isLogarithmic: true, name: name)
    let exponents =
      Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.up))
    func places(_ factors: [Double], every step: Int = 1) -> [Double] {
      var places: [Double] = []
      for exponent in exponents where exponent % step == 0 {
        for factor in factors {
          let place = factor * AxisNumbers.power(exponent)
          if place >= range.lowerBound * (1 - 1e-9), place <= range.upperBound * (1 + 1e-9) {
            places.append(place)
          }
        }
      }
      return places
    }
    let all = places((1...9).map(Double.init))
    let finest: [[Double]] = [places((1...9).map(Double.init)), places([1, 2, 5])]
    let decades = (1...exponents.count).map { places([1], every: $0) }
    // Of a long axis only whole decades are labelled.
    let isShort = places([1]).count < 3
    for values in (isShort ? finest : []) + decades where values.count > 1 {
      axis.ticks = zip(values, AxisNumbers.texts(values)).map { Tick(value: $0, label: $1) }
      if axis.hasRoomForLabels(on: run) {
        axis.minorTicks = (exponents.count > 10 ? places([1]) : all).filter { !values.contains($0) }
        return axis
      }
    }
    // Shorter than from one digit to the next.
    let linear = PlotAxis.linear(range, on: run)
    axis.ticks = linear.ticks
    return axis
  }

  /// The axis with numbers at given places; those without room are ticks without a number.
  func numbered(at places: [Double], on run: Run) -> PlotAxis {
    var axis = self
    let inside = Set(places).sorted().filter(holds)
    axis.ticks = zip(inside, AxisNumbers.texts(inside)).map { Tick(value: $0, label: $1) }
    axis.step = nil
    let labelled = axis.thinned(on: run)
    axis.minorTicks = inside.filter { value in !labelled.contains { $0.value == value } }
    axis.ticks = labelled
    return axis
  }

  private func hasRoomForLabels(on run: Run) -> Bool { thinned(on: run).count == ticks.count }

  /// Ticks from the lower end, without those too close to the one before.
  private func thinned(on run: Run) -> [Tick] {
    var kept: [Tick] = []
    for tick in ticks {
      if let last = kept.last {
        let distance = abs(share(tick.value) - share(last.value)) * run.length
        guard distance >= run.distance(last.label, tick.label, ChartFrame.font, isLogarithmic: isLogarithmic)
        else { continue }
      }
      kept.append(tick)
    }
    return kept
  }

  // MARK: Names

  /// Names one below the other, at places from the top.
  static func rows(_ names: [String], at places: [Double], from first: Double, to last: Double) -> PlotAxis {
    PlotAxis(
      range: first...last, isReversed: true,
      ticks: zip(places, names).map { Tick(value: $0, label: $1) }, hasGrid: false, isDrawn: false)
  }

  /// Names side by side, at 0, 1, 2 …: level, on two lines if need be; where they have no room for that, rising to their
  /// places; where even that is too tight, every second, third … is named.
  ///
  /// - Parameter width: Of the axis, in pixels.
  static func names(_ names: [String], width: Int, name: String = "") -> PlotAxis {
    let font = ChartFrame.font
    let room = Double(width) / Double(names.count)
    let level = names.map { font.lines($0, toWidth: max(1, Int(room) - 8), most: 2) }
    // A name that was cut has room for more elsewhere.
    let isLevel = zip(names, level).allSatisfy { name, lines in
      lines.joined(separator: " ") == font.fitted(name, toWidth: .max)
    }
    let short =
      isLevel ? level.map { $0.joined(separator: "\n") } : names.map { font.fitted($0, toWidth: 150) }
    // Slanted lines of text are apart if their baselines are.
    let every = max(1, Int((1.9 * Double(font.size) / room).rounded(.up)))
    let places = names.indices.filter { isLevel || $0 % every == 0 }
    return PlotAxis(
      range: -0.5...Double(names.count) - 0.5,
      ticks: places.map { Tick(value: Double($0), label: short[$0]) },
      minorTicks: names.indices.filter { !places.contains($0) }.map(Double.init),
      labelDegrees: isLevel ? 0 : 40, name: name)
  }
}

extension ClosedRange<Double> {
  fileprivate var width: Double { upperBound - lowerBound }
}
