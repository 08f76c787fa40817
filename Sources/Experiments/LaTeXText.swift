/// Text for LaTeX.
enum LaTeXText {
  /// Before and after a table that is made smaller where it is wider than the text; with the package graphicx.
  static let fittingStart = "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"
  static let fittingEnd = "}"

  /// Text whose characters stand for themselves.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { line, character in
      switch character {
      case "_", "%", "&", "#", "$", "{", "}": line += "\\\(character)"
      case "\\": line += "\\textbackslash{}"
      case "~": line += "\\textasciitilde{}"
      case "^": line += "\\textasciicircum{}"
      case "∞": line += "$_\\infty$"
      case "≤": line += "$\\le$"
      case "±": line += "$\\pm$"
      case "−": line += "$-$"
      case "‖": line += "$\\|$"
      case "ε": line += "$\\varepsilon$"
      case "λ": line += "$\\lambda$"
      case "√": line += "$\\surd$"
      case "′": line += "$'$"
      default: line.append(character)
      }
    }
  }
}
