import Experiments
import Foundation
import Testing

@testable import Reports

@Suite struct DirectionGalleryTests {
  @Test("Each direction has its anchor, its words and its place on the sprite sheet; the table leads to it")
  func page() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: "t", of: [runs.gallery("first"), runs.gallery("other/first")]).files().write(to: target)
    let page = try String(contentsOf: target.appending(path: "index.html"), encoding: .utf8)
    for id in ["n000", "n002", "r000"] {
      #expect(page.contains("<article id=\"first-\(id)\"") && page.contains("<article id=\"first-2-\(id)\""))
      #expect(page.contains("<a href=\"#first-2-\(id)\">\(id)</a>"))
    }
    #expect(page.contains("top 4") && page.contains("lowest 3"))
    #expect(page.contains("--tiles:4;--column:0;--row:2") && page.contains("--tiles:3;--column:4;--row:2"))
    // Sheets are named once each and lie beside the page; evil class names are text in attributes too.
    for name in ["first", "first-2"] {
      let place = "runs/\(name)/sprites/directions-1.png"
      #expect(page.components(separatedBy: place).count == 2)
      #expect(FileManager.default.fileExists(atPath: target.appending(path: place).path))
    }
    #expect(!page.contains("<script>alert"))
    let single = try Report(title: "t", of: [runs.folder.appending(path: "first")]).files(isSingleFile: true)
    #expect(single.places == ["index.html"])
    try single.write(to: target)
    let whole = try String(contentsOf: target.appending(path: "index.html"), encoding: .utf8)
    #expect(whole.components(separatedBy: "url(\"data:image/png;base64,").count == 2)
  }

  @Test("A gallery without a catalogue has its sheets alone; a broken catalogue is named")
  func others() throws {
    let runs = try MadeUpRuns()
    let run = try runs.gallery("run")
    try Data("{".utf8).write(to: run.appending(path: "directions.json"))
    let error = #expect(throws: (any Error).self) { try Report(title: "t", of: [run]) }
    #expect(error.map { "\($0)" }?.contains("directions.json") == true)
    try FileManager.default.removeItem(at: run.appending(path: "directions.json"))
    let page = try Report(title: "t", of: [run]).files()
    #expect(!page.places.contains { $0.contains("sprites") })
  }
}
