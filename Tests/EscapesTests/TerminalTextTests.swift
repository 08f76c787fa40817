import Escapes
import Testing

@Suite("Text for a terminal")
struct TerminalTextTests {
  @Test("Text without controls is as it was")
  func plain() {
    #expect(TerminalText.escaped("'s-Hertogenbosch Ω 語") == "'s-Hertogenbosch Ω 語")
  }

  @Test("Every control becomes its number, also where it shares a Character with what precedes it")
  func controls() {
    #expect(TerminalText.escaped("a\u{1B}]52;c;bHM=\u{07}") == "a\\u{1B}]52;c;bHM=\\u{7}")
    #expect(TerminalText.escaped("\u{0600}\u{9B}2J") == "\u{0600}\\u{9B}2J")
    #expect(TerminalText.escaped("a\r\nb") == "a\\u{D}\\u{A}b")
    #expect(TerminalText.escaped("\u{202E}abc") == "\\u{202E}abc")
  }
}
