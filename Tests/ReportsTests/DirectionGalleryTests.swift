import Foundation
import Storage
import Testing

@testable import Lab
@testable import Reports

@Suite struct DirectionGalleryTests {
  @Test("Each direction has its anchor, its words and its place on the sprite sheet; the table leads to it")
  func page() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: "t", of: [runs.gallery("first"), runs.gallery("other/first")]).files().write(to: target)
    let page = try String(contentsOf: target.appending(path: "index.html"), encoding: .utf8)
    for id in ["n000", "n002", "r000"] {
      #expect(page.contains("<article id=\"first_\(id)\"") && page.contains("<article id=\"first-2_\(id)\""))
      #expect(page.contains("<a href=\"#first-2_\(id)\">\(id)</a>"))
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

  @Test("Histogram, threshold, numbers, class counts and neighbours stand at each direction")
  func facts() throws {
    let runs = try MadeUpRuns()
    let target = runs.folder.appending(path: "report")
    try Report(title: "t", of: [runs.gallery("run")]).files().write(to: target)
    let page = try String(contentsOf: target.appending(path: "index.html"), encoding: .utf8)
    // n000: scores −5 … 34 of images 0 … 39, classes in turn: the top four are 34 to 31.
    let start = try #require(page.range(of: "<article id=\"run_n000\"")).lowerBound
    let article = page[start..<(try #require(page[start...].range(of: "</article>")).upperBound)]
    #expect(article.contains("aria-label=\"Scores from −5.00 to 34.0; the last of the top 4 has 31.0\""))
    // 60 bins over 39 units of score: the line stands at 36 / 39 of the width.
    #expect(article.contains("class=\"line\" d=\"M55.38 0V24\""))
    #expect(article.components(separatedBy: "v-24h1V24z").count == 41)
    #expect(article.contains("<li>score 14.5 ± 11.7</li>") && article.contains("<li>above 0: 85.0 %</li>"))
    #expect(article.contains("<li>top 4: 2 &lt;script&gt;") && article.contains(", 2 class 1</li>"))
    #expect(article.contains("<span class=\"quiet\">neuron</span>"))
    #expect(page.contains("<span class=\"quiet\">random direction</span>"))
    // n002 has the images whose tripled number, modulo 40, is highest: 13, 26, 39, 12; one of n000's, 39.
    #expect(article.contains("<a href=\"#run_n002\">n002</a> (1)"))
  }

  @Test(
    "A catalogue that contradicts itself is refused in a sentence",
    arguments: [
      ("\"tileWidth\" : 4", "\"tileWidth\" : 0"), ("\"tileHeight\" : 4", "\"tileHeight\" : 5000"),
      ("\"columns\" : 7", "\"columns\" : 2"), ("\"label\" : 1", "\"label\" : 2"),
      ("\"topClass\" : 0", "\"topClass\" : 9"), ("\"sheetRow\" : 1", "\"sheetRow\" : -1"),
      ("\"id\" : \"n002\"", "\"id\" : \"n 2\""), ("\"id\" : \"r000\"", "\"id\" : \"n000\""),
    ])
  func contradictions(there: String, put: String) throws {
    let runs = try MadeUpRuns()
    let run = try runs.gallery("run")
    let file = run.appending(path: "directions.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(text.contains(there))
    try Data(text.replacing(there, with: put).utf8).write(to: file)
    let error = #expect(throws: FileError.self) { try Report(title: "t", of: [run]) }
    #expect(error.map { "\($0)" }?.contains("directions.json") == true)
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
