import Foundation
import Storage
import TestSupport
import Testing

@testable import Lab
@testable import Reports

/// What the page says of each kind of run, of a made-up record whose every number differs.
@Suite struct RunSummaryTests {
  @Test("Titles, findings, bases and captions show what they say", arguments: try MadeUpRun.names)
  func words(name: String) throws {
    let runs = try MadeUpRuns()
    let folder = RunFolder(runs.folder)
    try AtomicFile.write(MadeUpRun.data(name), to: folder.file("run.json"))
    let summary = try RunSummary.read(folder)
    var pin = Pin()
    pin.add("title", summary.title)
    pin.add("findings", summary.findings)
    pin.add("basis", summary.basis)
    pin.add("listing", summary.listing)
    for picture in summary.pictures {
      pin.add(
        "picture \(picture.file)",
        [picture.caption, "alternative: \(picture.alternative ?? "–")", "basis: \(picture.basis ?? "–")"])
    }
    for table in summary.tables {
      pin.add(
        "table \(table.file)",
        [table.caption, "basis: \(table.basis ?? "–")"]
          + table.articleColumns.map { "\($0.name): \($0.heading)" })
    }
    pin.add("article", summary.articleTables + summary.citations.map { "\($0)" })
    try pin.expect("report-\(name)")
  }

  @Test("A run of a version without a list of exhibits is shown by the pictures and tables in its folder")
  func earlier() throws {
    let runs = try MadeUpRuns()
    let folder = RunFolder(runs.folder)
    try AtomicFile.write(MadeUpRun.data("backdoor"), to: folder.file("run.json"))
    try runs.picture(folder, "figures/b.png", title: "The second")
    try runs.picture(folder, "figures/a.png", title: "The first")
    try AtomicFile.write("x\n1\n", to: folder.file("table.csv"))
    try AtomicFile.write("x\n1\n", to: folder.file("figures/a.csv"))
    let summary = try RunSummary.read(folder)
    #expect(summary.findings.count == 5)
    #expect(summary.pictures.map(\.file) == ["figures/a.png", "figures/b.png"])
    #expect(summary.pictures.map(\.caption) == ["The first", "The second"])
    #expect(summary.tables.map(\.file) == ["table.csv"])
  }
}
