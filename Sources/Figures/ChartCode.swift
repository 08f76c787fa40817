import Escapes
import Foundation
import Images

/// A piece of a gnuplot script in which text is never code.
///
/// Code is what stands in a literal of the program, and numbers. Text can only be interpolated as `\(text: name)`: it
/// then stands in the chart's file of words, and the script only says its number there. A `String` interpolated
/// without that label does not compile.
struct ChartCode: Hashable, Sendable, ExpressibleByStringInterpolation {
  enum Piece: Hashable, Sendable {
    case code(String)
    /// As it is to be drawn.
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

    /// The expression of a string to stand at a place of an axis, where gnuplot reads formats of numbers.
    mutating func appendInterpolation(placeName text: String) {
      pieces.append(.text(GnuplotText.placeName(text)))
    }

    /// The expression of a string: the text, letter by letter.
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
