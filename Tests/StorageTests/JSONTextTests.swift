import Foundation
import Testing

@testable import Storage

@Suite struct JSONTextTests {
  private struct Reading: Codable {
    struct Part: Codable { let count: Int }
    let parts: [Part]
  }

  private let file = URL(filePath: "/data/a.json")

  private func problem(_ text: String) -> String? {
    problem(Data(text.utf8))
  }

  private func problem(_ data: Data) -> String? {
    do {
      _ = try JSONFile.decode(Reading.self, from: data, file: file)
      return nil
    } catch {
      return (error as? FileError)?.problem
    }
  }

  @Test(
    "What is no JSON is told with its line and column",
    arguments: [
      ("", "expected a value in line 1, column 1"),
      ("{\"parts\": [{\"count\": 1},]}", "expected a value in line 1, column 25"),
      ("{\n  \"parts\": [],\n}", "expected a key in quotation marks in line 3, column 1"),
      ("{\n  \"é\": 1\n  \"parts\": []}", "expected ',' or '}' in line 3, column 3"),
      ("{\"é\" 1}", "expected ':' in line 1, column 6"),
      ("[1 2]", "expected ',' or ']' in line 1, column 4"),
      ("[01]", "expected ',' or ']' in line 1, column 3"),
      ("[1.]", "expected a digit in line 1, column 4"), ("[-]", "expected a digit in line 1, column 3"),
      ("[1e+]", "expected a digit in line 1, column 5"), ("[nan]", "expected a value in line 1, column 2"),
      ("[tru]", "expected a value in line 1, column 2"),
      ("{} {}", "expected nothing more in line 1, column 4"),
      ("[\"a\nb\"]", "expected no control character in a string in line 1, column 4"),
      ("[\"a", "expected the end of a string in line 1, column 4"),
      ("[\"\\x\"]", "expected a JSON escape in line 1, column 5"),
      (String(repeating: "[", count: 300_000), "expected a value in line 1, column 300001"),
    ])
  func position(text: String, expected: String) {
    #expect(problem(text) == "is not JSON: \(expected)")
  }

  @Test("A key that stands twice in one object is refused, in different objects it is not")
  func repeated() {
    #expect(
      problem("{\"parts\": [{\"count\": 1,\n \"count\": 1}]}")
        == "has the key \"count\" twice, the second time in line 2, column 2")
    #expect(problem("{\"parts\": [{\"count\": 1}, {\"count\": 2}], \"others\": {\"parts\": 1}}") == nil)
    // The same key in another spelling.
    #expect(
      problem("{\"parts\": [], \"p\\u0061rts\": []}")
        == "has the key \"parts\" twice, the second time in line 1, column 15")
  }

  @Test("A value that is not what is expected is told with its path and place")
  func values() {
    #expect(
      problem("{\"parts\": [\n{\"count\": 1},\n  {\"count\": \"1\"}]}")
        == "has no whole number at parts[1].count, which is expected there (line 3, column 13)")
    #expect(
      problem("{\"parts\": [\n{\"count\": 1},\n  {}]}")
        == "lacks the key parts[1].count (line 3, column 3)")
    #expect(
      problem("{\"parts\": [{\"count\": -1}]}")
        == "is wrong at parts[0].count: a count is not negative, found -1 (line 1, column 22)")
    #expect(problem("{\"parts\": null}") == "has null at parts: expected a value (line 1, column 11)")
  }

  @Test("A byte order mark is passed over; UTF-16 and bytes that are no text are told")
  func encodings() {
    #expect(problem("\u{FEFF}{\"parts\": []}") == nil)
    #expect(problem(Data("{}".utf16.flatMap { [UInt8($0 & 255), 0] })) != nil)
    #expect(problem(Data([0xFF, 0xFE, 0x7B, 0])) == "is a text in UTF-16: expected JSON in UTF-8")
    #expect(
      problem(Data("{\"".utf8 + [0xFF] + "\": 1}".utf8))
        == "is not JSON: the text that ends in line 1, column 5 is not UTF-8")
  }

  @Test("All that Foundation writes is read")
  func written() throws {
    let values: [Any] = [
      NSNull(), true, -0.5, 1e300, 12, "\u{1F600}\"\\\n\u{7F}/", ["a": [[], [:], [1, [2]]] as [Any]],
    ]
    let data = try JSONSerialization.data(withJSONObject: values)
    var parser = JSONParser(Array(data))
    try parser.value()
    try parser.end()
  }
}
