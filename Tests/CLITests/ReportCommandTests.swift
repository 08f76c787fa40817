import Foundation
import Testing

@Suite struct ReportCommandTests {
  @Test("A demo ends with its page, and a report takes it up again, in a folder or in one file")
  func demo() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 300)
    let demo = try await laboratory.run(
      "demo", "--data", "arrays", "--architecture", "mlp", "--epochs", "2", "--output", "demo", "--quiet")
    expectSuccess(demo)
    let page = String(decoding: try laboratory.read("demo/report/index.html"), as: UTF8.self)
    for words in ["id=\"demo-train\"", "id=\"demo-gallery\"", "id=\"demo-attack\""] {
      #expect(page.contains(words), "\(words)")
    }
    let names = try laboratory.content(of: "demo/report").keys
    #expect(names.contains("demo/report/runs/demo/gallery.png"))

    let again = try await laboratory.run("report", "demo", "--title", "A < B", "--output", "page")
    #expect(again.exitCode == 0 && again.output.contains("index.html"), "\(again.errors)")
    #expect(again.errors.hasPrefix("writing ") && again.errors.hasSuffix(" MB\n"))
    #expect(
      String(decoding: try laboratory.read("page/index.html"), as: UTF8.self).contains(
        "<title>A &lt; B</title>"))
    expectSuccess(
      try await laboratory.run("report", "demo", "--single-file", "--output", "single", "--quiet"))
    #expect(try laboratory.content(of: "single").keys.sorted() == ["single/index.html"])
  }

  @Test("A folder without a run is named, and no page is written")
  func refused() async throws {
    let laboratory = try await Laboratory()
    expectRefusal(
      try await laboratory.run("report", "run", "images", "--output", "page", "--quiet"),
      saying: ["images", "is no run folder"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("page").path))
  }
}
