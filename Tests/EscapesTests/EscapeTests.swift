import Escapes
import Testing

@Suite("Escapes that no other program reads back in a test") struct EscapeTests {
  @Test(
    "Markdown: no sign keeps its meaning, beside a joining scalar or alone; text at the beginning is no list")
  func markdown() {
    #expect(MarkdownText.escaped("a*b_c`[x](y)|<b>&") == "a\\*b\\_c\\`\\[x\\](y)\\|&lt;b&gt;&amp;")
    for (text, escaped) in [
      ("- a", "\\- a"), ("+ a", "\\+ a"), ("=", "\\="), ("1. a", "1\\. a"), ("12) a", "12\\) a"),
      ("    a", "a"),
      ("0.765 a", "0.765 a"), ("-0.5", "-0.5"), ("---", "\\---"), ("a\r\nb", "a  b"),
    ] { #expect(MarkdownText.escaped(text) == escaped, "\(text)") }
    for scalar in JoiningScalars.all {
      let escaped = MarkdownText.escaped("x\(scalar)<\(scalar)|\(scalar)](\(scalar)").unicodeScalars
      #expect(!escaped.contains("<"))
      for (place, sign) in zip(escaped.indices, escaped) where "|]".unicodeScalars.contains(sign) {
        #expect(escaped[escaped.index(before: place)] == "\\")
      }
    }
  }

  @Test("An address of a file holds no sign that ends it or begins a query, a fragment or a scheme")
  func address() {
    #expect(AddressPath.escaped("runs/a-1/figures/x_y.png") == "runs/a-1/figures/x_y.png")
    #expect(
      AddressPath.escaped("é ?#%\"()javascript:\u{0600}'")
        == "%C3%A9%20%3F%23%25%22%28%29javascript%3A%D8%80%27")
  }

  @Test(
    "A name of a file has ASCII letters, digits and hyphens; a path that leads out of its folder is seen by bytes"
  )
  func files() {
    #expect(FileName.plain("a.B 1_\u{0600}/é") == "a-B-1----")
    #expect(FileName.staysInside("figures/a..b.png"))
    for path in ["/a", "../a", "a/..", "a\u{0600}/../..", "/\u{301}a"] {
      #expect(!FileName.staysInside(path), "\(path)")
    }
  }

  @Test("A text too long for gnuplot is cut between scalars and ends with an ellipsis")
  func longText() {
    for letter in ["x", "é", "語", "\"", "🙂"] {
      let field = GnuplotText.field(String(repeating: letter, count: 2000))
      #expect(
        field.utf8.count <= 1000 && field.utf8.count > 980 && field.hasSuffix("…")
          && !field.contains("\u{FFFD}"))
    }
    #expect(GnuplotText.field(String(repeating: "x", count: 1000)).hasSuffix("x"))
  }
}
