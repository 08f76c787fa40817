import Escapes
import Foundation
import Images

/// A piece of a gnuplot script in which text is never code.
///
/// Code comes only from literals of the program and from numbers. Text can only be interpolated as `\(text: name)`: it
/// is then stored in the chart's text file, and the script contains only its number. A `String` interpolated without
/// that label does not compile.
struct ChartCode: Hashable, Sendable, ExpressibleByStringInterpolation {
  enum Piece: Hashable, Sendable {
    case code(String)
    /// The text to be drawn.
    case text(String)
  }

  private(set) var pieces: [Piece]

  init(stringLiteral value: StaticString) { pieces = [.code(value.description)] }

  init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  fileprivate init(pieces: [Piece]) { self.pieces = pieces }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var pieces: [Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: StaticString) { pieces.append(.code(literal.description)) }

    mutating func appendInterpolation(_ code: ChartCode) { pieces += code.pieces }

    mutating func appendInterpolation(_ number: Int) { pieces.append(.code("\(number)")) }

    mutating func appendInterpolation(_ number: Double) { pieces.append(.code("\(number)")) }

    /// A number with six decimals.
    mutating func appendInterpolation(fixed number: Double) {
      pieces.append(.code(String(format: "%.6f", number)))
    }

    /// `#RRGGBB`
    mutating func appendInterpolation(_ colour: Colour) {
      let levels = [colour.red, colour.green, colour.blue].map { String(format: "%02X", $0) }
      pieces.append(.code("#" + levels.joined()))
    }

    /// Part of a file's name.
    mutating func appendInterpolation(file name: String) { pieces.append(.code(FileName.plain(name))) }

    /// The string expression for an axis label, which gnuplot would otherwise read as a number format.
    mutating func appendInterpolation(placeName text: String) {
      pieces.append(.text(GnuplotText.placeName(text)))
    }

    /// The string expression for the text, taken literally.
    mutating func appendInterpolation(text: String) { pieces.append(.text(text)) }
  }

  static func + (left: ChartCode, right: ChartCode) -> ChartCode {
    ChartCode(pieces: left.pieces + right.pieces)
  }
}

extension [ChartCode] {
  func joined(separator: ChartCode) -> ChartCode {
    ChartCode(pieces: [ChartCode.Piece](map(\.pieces).joined(separator: separator.pieces)))
  }
}
