import Foundation
import Testing

@testable import Reports

@Suite struct BooktabsTableTests {
  private func table(_ rows: [[String]], isLong: Bool = false) -> [String] {
    BooktabsTable(
      caption: "50 % of n_1", label: "tab:x", headings: ["name", "$\\kappa$"], rows: rows, isLong: isLong
    )
    .text.components(separatedBy: "\n")
  }

  @Test("Numbers stand on the right with four digits and a minus sign, text on the left as it is")
  func cells() {
    let lines = table([["a_b & c", "-0.123456"], ["d", "1000000"], ["", ""]])
    #expect(lines.contains("\\begin{tabular}{lr}"))
    #expect(lines.contains("a\\_b \\& c & $-$0.1235 \\\\") && lines.contains("d & 1000000 \\\\"))
    #expect(lines.contains(" &  \\\\") && lines.contains("\\caption{50 \\% of n\\_1}"))
    #expect(lines.contains("name & $\\kappa$ \\\\"))
  }

  @Test("Identifiers become words only where a whole column is made of them")
  func identifiers() {
    #expect(table([["pixelDirections", "1"], ["logits", "2"]]).contains("pixel directions & 1 \\\\"))
    #expect(table([["iPhone", "1"], ["T-shirt", "2"]]).contains("iPhone & 1 \\\\"))
  }

  @Test("A long table goes over pages and repeats its heading")
  func long() {
    let lines = table((0..<60).map { ["row \($0)", "\($0)"] }, isLong: true)
    #expect(lines.contains("\\begin{longtable}{lr}") && lines.count { $0 == "name & $\\kappa$ \\\\" } == 2)
    #expect(lines.count { $0.hasPrefix("row ") } == 60)
  }
}
