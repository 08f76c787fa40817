import Escapes

/// The texts drawn by a chart, each once, in a file that gnuplot reads as data.
struct ChartWords {
  /// gnuplot's array of the texts. Not `text`, which gnuplot reads as an abbreviation of `textcolor`.
  static let array: ChartCode = "words"

  private(set) var texts: [String] = []
  private var numbers: [String: Int] = [:]

  /// The piece in gnuplot's syntax, with the number of each text in its place.
  mutating func rendered(_ code: ChartCode) -> String {
    code.pieces.map { piece in
      switch piece {
      case .code(let code): code
      case .text(let text): "words[\(number(of: text))]"
      }
    }.joined()
  }

  private mutating func number(of text: String) -> Int {
    // Canonically equivalent texts are equal in Swift but may be drawn differently: only equal bytes share a number.
    let field = GnuplotText.field(text)
    if let number = numbers[field], texts[number - 1].utf8.elementsEqual(field.utf8) { return number }
    texts.append(field)
    numbers[field] = texts.count
    return texts.count
  }

  /// One line per text, with its number and a tab before it, after comments.
  func file(named name: String, about: [FigureCaption.Pair]) -> String {
    let head =
      ["Words of the chart \(name).png, by the numbers that \(name).gp has for them."]
      + about.map { "\($0.key): \($0.value)" }
    return
      (head.map { "# " + GnuplotText.field($0) } + texts.enumerated().map { "\($0 + 1)\t\($1)" })
      .map { $0 + "\n" }.joined()
  }
}
