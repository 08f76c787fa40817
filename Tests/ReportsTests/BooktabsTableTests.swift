import Foundation
import Testing

@testable import Reports

@Suite struct BooktabsTableTests {
  private func table(_ rows: [[String]], isLong: Bool = false, isIdentifier: Bool = false) -> [String] {
    BooktabsTable(
      caption: "50 % of n_1", label: "tab:x",
      columns: [
        .init(heading: "name", isNumeric: false, isIdentifier: isIdentifier),
        .init(heading: "$\\kappa$", isNumeric: true),
      ], rows: rows, isLong: isLong
    ).text.components(separatedBy: "\n")
  }

  @Test("Numbers stand on the right with four digits and a minus sign, text on the left as it is")
  func cells() {
    let lines = table([["a_b & c", "-0.123456"], ["d", "1000000"], ["", ""]])
    #expect(lines.contains("\\begin{tabular}{lr}"))
    #expect(lines.contains("a\\_b \\& c & $-$0.1235 \\\\") && lines.contains("d & 1000000 \\\\"))
    #expect(lines.contains(" &  \\\\") && lines.contains("\\caption{50 \\% of n\\_1}"))
    #expect(lines.contains("name & $\\kappa$ \\\\"))
  }

  @Test("Names of the code become words where a column has them, and nowhere else")
  func identifiers() {
    #expect(table([["pixelDirections", "1"]], isIdentifier: true).contains("pixel directions & 1 \\\\"))
    #expect(table([["iPhone", "1"]]).contains("iPhone & 1 \\\\"))
  }

  @Test("What LaTeX would take for its own after the end of a row is kept from it; powers of ten are such")
  func traps() {
    let lines = table([["[x] y", "1e-7"], ["*z", "-1.5e+30"]])
    #expect(lines.contains("{}[x] y & 1$\\cdot10^{-7}$ \\\\"))
    #expect(lines.contains("{}*z & $-$1.5$\\cdot10^{30}$ \\\\"))
  }

  @Test("A long table goes over pages and repeats its heading")
  func long() {
    let lines = table((0..<60).map { ["row \($0)", "\($0)"] }, isLong: true)
    #expect(lines.contains("\\begin{longtable}{lr}") && lines.count { $0 == "name & $\\kappa$ \\\\" } == 2)
    #expect(lines.count { $0.hasPrefix("row ") } == 60)
  }
}
