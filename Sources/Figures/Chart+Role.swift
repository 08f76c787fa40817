extension Chart {
  /// What a mark represents. The same role has the same colour and the same symbol in every chart.
  public enum Role: Hashable, Codable, Sendable {
    case neurons
    case random
    /// A floor, a ceiling or another control.
    case control
    /// Anything else, distinguished by its number.
    case other(Int)

    /// From Okabe and Ito (2008), without the yellow, which is too light for lines.
    var colour: ChartCode {
      switch self {
      case .neurons: "#D55E00"
      case .random: "#0072B2"
      case .control: "#5A5A5A"
      case .other(let number):
        ["#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"][((number % 5) + 5) % 5]
      }
    }

    /// gnuplot's symbol number: filled circle, square, diamond, triangles, pentagon, then open ones.
    var point: Int {
      switch self {
      case .neurons: 7
      case .random: 5
      case .control: 13
      case .other(let number): [9, 11, 15, 4, 6][((number % 5) + 5) % 5]
      }
    }

    /// Dash lengths in gnuplot's format, so that lines can be distinguished in grey print too.
    var dash: ChartCode {
      switch self {
      case .neurons: "solid"
      case .random: "(9,4)"
      case .control: "(2,3)"
      case .other(let number):
        ["solid", "(9,3,2,3)", "(5,3)", "(9,3,2,3,2,3)", "(2,2)"][((number % 5) + 5) % 5]
      }
    }
  }

  static func check(_ interval: ClosedRange<Double>?, _ name: String) {
    precondition(
      interval.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } != false,
      "the interval of \(name) is not finite")
  }
}
