import Foundation
import Storage
import Testing

@testable import Reports

@Suite struct CSVTableTests {
  @Test(
    "What a table was written with is read back, marks taken away, whatever stands beside its commas and quotes"
  )
  func roundTrip() throws {
    // U+0600 forms one Character with what follows it, U+200D and U+0301 with what precedes them.
    let texts = [
      "a\u{600}\"b", "\u{600},", ",\u{200D}", "\"\u{301}\"", "\u{600}\n\u{301}", "=1+1", "'t Zand", "''", "",
      "-1",
      "é\u{85}語",
    ]
    let runs = try MadeUpRuns()
    let file = runs.folder.appending(path: "table.csv")
    var table = CSVWriter(columns: ["=name", "\u{600}\"value\""])
    for text in texts { table.append([text, -0.5]) }
    try table.write(to: file)
    let read = try CSVTable(contentsOf: file)
    #expect(read.header.map { Array($0.utf8) } == table.columns.map { Array($0.utf8) })
    #expect(read.rows.map { Array($0[0].utf8) } == texts.map { Array($0.utf8) })
    #expect(read.rows.allSatisfy { $0[1] == "-0.5" })
  }
}
