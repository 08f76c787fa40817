import Images

extension Chart {
  /// What a mark represents. The same role has the same colour and the same symbol in every chart.
  public enum Role: Hashable, Codable, Sendable {
    case neurons
    case random
    /// A floor, a ceiling or another control.
    case control
    /// Anything else, distinguished by its number; with the roles above, the first seven have ten colours.
    case other(Int)

    /// From Okabe and Ito (2008), without the yellow, which is too light for lines; then wine and olive of Tol (2021).
    var colour: Colour {
      switch self {
      case .neurons: Colour(0xD55E00)
      case .random: Colour(0x0072B2)
      case .control: Colour(0x5A5A5A)
      case .other(let number):
        Self.pick(
          number, [0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000, 0x882255, 0x8A8A2B].map { Colour($0) })
      }
    }

    var mark: Mark {
      switch self {
      case .neurons: .circle
      case .random: .square
      case .control: .diamond
      case .other(let number):
        Self.pick(
          number,
          [
            .triangle, .downTriangle, .pentagon, .openSquare, .openCircle, .openTriangle, .openDiamond,
            .cross,
          ])
      }
    }

    /// Lengths of dashes and gaps, so that lines can be distinguished in grey print too.
    var dash: [Double] {
      switch self {
      case .neurons: []
      case .random: [9, 4]
      case .control: [2, 3]
      case .other(let number):
        Self.pick(
          number, [[], [9, 3, 2, 3], [5, 3], [9, 3, 2, 3, 2, 3], [2, 2], [14, 4], [5, 2, 1, 2]])
      }
    }

    private static func pick<Look>(_ number: Int, _ looks: [Look]) -> Look {
      looks[(number % looks.count + looks.count) % looks.count]
    }
  }

  static func check(_ interval: ClosedRange<Double>?, _ name: String) {
    precondition(
      interval.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } != false,
      "the interval of \(name) is not finite")
  }

  /// The values of points with the ends of their intervals, for the range of an axis.
  static func extent(_ points: [Point]) -> [Double] {
    points.flatMap { [$0.value] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
  }
}
