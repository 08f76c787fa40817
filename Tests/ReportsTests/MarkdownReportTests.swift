import Foundation
import Testing

@testable import Reports

@Suite struct MarkdownReportTests {
  @Test("Findings, pictures and tables are there; what Markdown or HTML would take for its own is escaped")
  func text() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: MadeUpRuns.evil, of: [runs.evaluation("run", rowCount: 50)]).files().write(to: target)
    let text = try String(contentsOf: target.appending(path: "report.md"), encoding: .utf8)
    #expect(text.hasPrefix("# &lt;script&gt;alert(") && !text.contains("<script"))
    #expect(text.contains("![Which class is taken for which.](runs/run/figures/confusion.png)"))
    #expect(text.contains("[classes.csv](runs/run/classes.csv): the first 40 of 50 rows"))
    #expect(text.contains("| class | mean recall |\n| --- | --- |\n"))
    for link in text.components(separatedBy: "](").dropFirst() {
      let file = target.appending(path: String(link.prefix { $0 != ")" }))
      #expect(FileManager.default.fileExists(atPath: file.path), "\(file.path)")
    }
  }
}
