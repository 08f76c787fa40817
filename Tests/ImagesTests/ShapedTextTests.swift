import Foundation
import Testing

@testable import Images

@Suite struct ShapedTextTests {
  private let font = Font(.sans, size: 40)

  /// Columns and rows with ink.
  private func ink(_ text: String) -> [(x: Int, y: Int)] {
    let canvas = Canvas(width: 400, height: 80)
    canvas.draw(text, x: 20, baseline: 60, font: font)
    let bitmap = canvas.bitmap
    return (0..<80).flatMap { y in (0..<400).map { (x: $0, y: y) } }.filter {
      bitmap.samples[($0.y * 400 + $0.x) * 3] < 128
    }
  }

  @Test(
    "Letters of one's own alphabets are drawn by Cairo alone",
    arguments: ["κ ≤ 0.5 ± 10⁻³ → −∞", "Ångström·Ж", "", "“…”"])
  func plain(text: String) {
    #expect(ShapedText(text, font) == nil)
  }

  @Test("Arabic letters join: a word is narrower than its letters one by one")
  func joined() {
    let word = "شبكة"
    let letters = word.unicodeScalars.map { font.width(of: String($0)) }.reduce(0, +)
    #expect(font.width(of: word) < letters * 4 / 5)
  }

  @Test("Hebrew goes from right to left: the tall lamed, second, stands left of the alef")
  func order() throws {
    let drawn = ink("אל")
    let top = try #require(drawn.map(\.y).min())
    let tall = drawn.filter { $0.y < top + 4 }.map(\.x)
    let (left, right) = (try #require(drawn.map(\.x).min()), try #require(drawn.map(\.x).max()))
    #expect(tall.allSatisfy { $0 < (left + right) / 2 })
    // Within an English sentence the sentence keeps its own direction.
    #expect(font.width(of: "a אל b") > font.width(of: "a b"))
    let sentence = ink("l אא")
    let tallest = sentence.filter { $0.y == sentence.map(\.y).min() }.map(\.x)
    #expect(tallest.allSatisfy { $0 < 40 })
  }

  @Test("A combining accent takes no room of its own and stands over its letter")
  func marks() throws {
    #expect(abs(font.width(of: "e\u{301}") - font.width(of: "e")) <= 1)
    let (bare, accented) = (ink("e"), ink("e\u{301}"))
    #expect(try #require(accented.map(\.y).min()) < (try #require(bare.map(\.y).min())) - 4)
    #expect(try #require(accented.map(\.x).max()) <= (try #require(bare.map(\.x).max())) + 2)
  }

  @Test("What no font has is a square, one for each letter")
  func missing() {
    let (one, three) = (font.width(of: "\u{F0000}"), font.width(of: "\u{F0000}\u{F0001}\u{F0002}"))
    #expect(one > 10 && abs(three - 3 * one) <= 3)
    #expect(!ink("\u{F0000}").isEmpty)
  }

  @Test("Tabs and line breaks are spaces")
  func controls() {
    #expect(font.width(of: "a\tb\nc") == font.width(of: "a b c"))
    #expect(ink("a\tb").map(\.x) == ink("a b").map(\.x))
  }

  @Test("Many threads measure the same")
  func threads() async {
    let widths = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<50 { group.addTask { font.width(of: "شبكة 卷积 e\u{301}") } }
      return await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(widths.count == 1)
  }
}
