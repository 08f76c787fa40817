/// Text for LaTeX.
enum LaTeXText {
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
