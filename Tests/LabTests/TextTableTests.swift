import Testing

@testable import Lab

@Suite struct TextTableTests {
  @Test("Numbers end below each other, text begins below each other, and no line ends with spaces")
  func columns() {
    let rows = [["class", "images", ""], ["ä", "7", "x"], ["a long one", "12345678", ""]]
    #expect(
      TextTable.lines(rows) == [
        "class         images", "ä                  7  x", "a long one  12345678",
      ])
    #expect(
      TextTable.lines(rows, textColumns: [0, 1, 2]) == [
        "class       images", "ä           7         x", "a long one  12345678",
      ])
    #expect(TextTable.lines([]) == [])
  }
}
