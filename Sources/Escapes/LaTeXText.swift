import Foundation

/// Text for LaTeX.
public enum LaTeXText {
  /// The code before a table that is shrunk if it is wider than the text; needs the package graphicx.
  public static let fittingStart = "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"
  public static let fittingEnd = "}"

  /// How an apostrophe looks.
  public enum Quotes: Sendable {
    case typographic
    /// Straight, as in a shell.
    case straight
  }

  /// Text in which every character is literal. Characters that a stock installation has no glyph for, Russian, Chinese
  /// or Hebrew for example, are passed to `\otherscript` where a document defines it, as an article's preamble does for
  /// engines that support Unicode (XeLaTeX, LuaLaTeX), and written as their code point elsewhere.
  public static func escaped(_ text: String, quotes: Quotes = .typographic) -> String {
    var line = ""
    // Letters are composed with their accents: folder names of some systems are decomposed.
    let scalars = Array(text.precomposedStringWithCanonicalMapping.unicodeScalars)
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      let run = otherScript(scalars[place...])
      place += max(run.count, 1)
      guard run.isEmpty else {
        line += written(run)
        continue
      }
      let isStraight = scalar == "'" && quotes == .straight
      let piece = isStraight ? "\\textquotesingle{}" : commands[scalar] ?? escaped(scalar)
      // Checks the output, not the input: a curly apostrophe is written as a straight one.
      if let last = line.unicodeScalars.last, let first = piece.unicodeScalars.first,
        ligatures.contains([last, first])
      {
        line += "{}"
      }
      line += piece
    }
    return line
  }

  /// Pairs that LaTeX fonts would join into one glyph: dashes, quotation marks, inverted marks.
  private static let ligatures: Set<[Unicode.Scalar]> = [
    ["-", "-"], ["'", "'"], ["`", "`"], [",", ","], ["?", "`"], ["!", "`"],
  ]

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: " "
    default: isSet(scalar) ? String(scalar) : number(of: scalar)
    }
  }

  /// Whether LaTeX's fonts have it: ASCII, and the letters of Latin-1 and nearly all of Latin Extended-A.
  private static func isSet(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x126, 0x127, 0x138, 0x13F, 0x140, 0x149, 0x166, 0x167: false
    case 0x20...0x7E, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x17E: true
    default: false
    }
  }

  /// The longest start of `scalars` in other scripts, including what separates its words.
  private static func otherScript(_ scalars: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
    var end = scalars.startIndex
    for (place, scalar) in zip(scalars.indices, scalars) {
      if isOfOtherScript(scalar) {
        end = place + 1
      } else if scalar != " " || end == scalars.startIndex {
        break
      }
    }
    return scalars[..<end]
  }

  /// Whether LaTeX's own fonts lack it, and another font may have it.
  private static func isOfOtherScript(_ scalar: Unicode.Scalar) -> Bool {
    guard commands[scalar] == nil, !isSet(scalar) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
      .spaceSeparator:
      return false
    default: return true
    }
  }

  private static func written(_ run: ArraySlice<Unicode.Scalar>) -> String {
    let text = String(String.UnicodeScalarView(run))
    // Hebrew, Arabic and their neighbouring blocks; no other right-to-left script is in use today.
    let runsLeft = run.contains { (0x590...0x8FF).contains($0.value) || (0xFB1D...0xFEFC).contains($0.value) }
    let command = runsLeft ? "\\otherscriptleft" : "\\otherscript"
    let numbers = run.map { $0 == " " ? " " : number(of: $0) }.joined()
    return "\\ifdefined\(command)\(command){\(text)}\\else{}\(numbers)\\fi{}"
  }

  private static func number(of scalar: Unicode.Scalar) -> String {
    "{\\ttfamily U+\(String(scalar.value, radix: 16, uppercase: true))}"
  }

  private static let commands: [Unicode.Scalar: String] = [
    "_": "\\_", "%": "\\%", "&": "\\&", "#": "\\#", "$": "\\$", "{": "\\{", "}": "\\}",
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "\\textquotedbl{}",
    "∞": "$_\\infty$", "≤": "$\\le$", "≥": "$\\ge$", "≈": "$\\approx$", "≠": "$\\ne$",
    "±": "$\\pm$", "×": "$\\times$", "·": "$\\cdot$", "−": "$-$", "‖": "$\\|$", "√": "$\\surd$", "′": "$'$",
    "⟨": "$\\langle$", "⟩": "$\\rangle$", "∈": "$\\in$", "∇": "$\\nabla$", "→": "$\\to$", "∩": "$\\cap$",
    "α": "$\\alpha$", "β": "$\\beta$", "δ": "$\\delta$", "Δ": "$\\Delta$", "ε": "$\\varepsilon$",
    "κ": "$\\kappa$",
    "λ": "$\\lambda$", "μ": "$\\mu$", "π": "$\\pi$", "ρ": "$\\rho$", "σ": "$\\sigma$", "Σ": "$\\Sigma$",
    "φ": "$\\varphi$", "∂": "$\\partial$", "γ": "$\\gamma$", "ζ": "$\\zeta$", "θ": "$\\theta$",
    "τ": "$\\tau$",
    "χ": "$\\chi$", "ψ": "$\\psi$", "ω": "$\\omega$", "η": "$\\eta$", "ℓ": "$\\ell$",
    "⁰": "$^0$", "¹": "$^1$", "²": "$^2$", "³": "$^3$", "⁻": "$^{-}$", "⁴": "$^4$", "⁵": "$^5$", "⁶": "$^6$",
    "⁷": "$^7$", "⁸": "$^8$", "⁹": "$^9$",
    "₀": "$_0$", "₁": "$_1$", "₂": "$_2$", "₃": "$_3$", "₄": "$_4$", "₅": "$_5$", "₆": "$_6$", "₇": "$_7$",
    "₈": "$_8$", "₉": "$_9$", "ᵀ": "$^\\top$", "ᵢ": "$_i$", "ₓ": "$_x$", "½": "$\\frac12$", "¼": "$\\frac14$",
    "–": "--", "—": "---", "…": "\\dots{}", "’": "'", "‘": "`", "“": "``", "”": "''", "°": "$^\\circ$",
    "\u{A0}": "~", "\u{2009}": "\\,", "\u{202F}": "\\,",
  ]
}
