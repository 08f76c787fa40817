import Testing

@testable import Escapes

@Suite struct TerminalColumnsTests {
  @Test(
    "Columns are counted as terminals show them",
    arguments: [
      ("", 0), ("loss 0.5", 8), ("ℓ∞ ≤ ε, κ", 9), ("猫と犬", 6), ("한국어", 6), ("ＦＵＬＬ", 8), ("línea", 5),
      ("li\u{301}nea", 5), ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("⌚", 2), ("a\u{200B}b", 2), ("𠀀", 2),
      ("½ × √2 → ‖x‖", 12),
    ])
  func columns(text: String, expected: Int) { #expect(TerminalText.columns(of: text) == expected) }

  @Test("A cut text ends in an ellipsis and fills no more than the columns there are")
  func cut() {
    #expect(TerminalText.cut("epoch 1/5", to: 9) == "epoch 1/5")
    #expect(TerminalText.cut("epoch 1/5", to: 8) == "epoch 1…")
    #expect(TerminalText.cut("猫と犬", to: 6) == "猫と犬")
    #expect(TerminalText.cut("猫と犬", to: 5) == "猫と…")
    #expect(TerminalText.cut("猫と犬", to: 4) == "猫…")
    #expect(TerminalText.cut("猫", to: 1) == "…")
    #expect(TerminalText.cut("猫", to: 0) == "")
  }

  @Test("Lines are broken between pieces only, and what does not fit stays whole")
  func folded() {
    #expect(
      TerminalText.folded("one two three four", to: 9, hanging: "  ") == ["one two", "  three", "  four"])
    #expect(
      TerminalText.folded("output/a/very/long/path is it", to: 9) == ["output/a/very/long/path", "is it"])
    #expect(
      TerminalText.folded(["epoch 1/5", "train loss 0.5", "猫 4"], separator: "  ", to: 21, indent: "  ")
        == ["  epoch 1/5", "train loss 0.5  猫 4"])
    #expect(
      TerminalText.folded("intrigue train --data mnist", to: 16, hanging: "    ", mark: " \\")
        == ["intrigue train \\", "    --data mnist"])
    #expect(TerminalText.folded("", to: 9) == [])
  }
}
