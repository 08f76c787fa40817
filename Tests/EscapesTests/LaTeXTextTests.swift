import Escapes
import Testing

@Suite struct LaTeXTextTests {
  @Test(
    "What LaTeX takes for its own, and what its fonts lack, is written otherwise",
    arguments: [
      ("50 % of a_b & {c} #1 $2", "50 \\% of a\\_b \\& \\{c\\} \\#1 \\$2"),
      ("a--b ---", "a-{}-b -{}-{}-"), ("’’ ''", "'{}' '{}'"), ("-–", "-{}--"),
      ("L∞ ≤ ε", "L$_\\infty$ $\\le$ $\\varepsilon$"),
      ("é e\u{301} œ Ł", "é é œ Ł"),
      (
        "ħ ŉ",
        "\\ifdefined\\otherscript\\otherscript{ħ ŉ}\\else{}{\\ttfamily U+127} {\\ttfamily U+149}\\fi{}"
      ),
      ("a 水 b", "a \\ifdefined\\otherscript\\otherscript{水}\\else{}{\\ttfamily U+6C34}\\fi{} b"),
      (
        "שב",
        "\\ifdefined\\otherscriptleft\\otherscriptleft{שב}\\else{}{\\ttfamily U+5E9}{\\ttfamily U+5D1}\\fi{}"
      ), ("a\nb\tc\u{7}", "a b c "),
      (
        "\\ ~ ^ \" < > |",
        "\\textbackslash{} \\textasciitilde{} \\textasciicircum{} \\textquotedbl{} \\textless{} \\textgreater{} \\textbar{}"
      ),
    ])
  func escaped(text: String, expected: String) {
    #expect(LaTeXText.escaped(text) == expected)
  }
}
