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

  /// Commands, each with the folder it leaves, small enough to be made here.
  private static let runs: [(arguments: [String], folder: String)] = [
    (["attack", "ddn", "M", "--steps", "20"], "ddn"),
    (["attack", "lbfgs", "M", "--targeted", "all", "--count", "4"], "every"),
    (["attack", "pool", "M", "--count", "6"], "pool"),
    (["linearity", "M", "--count", "4", "--sizes", "7,14", "--pair", "0,1"], "linearity"),
    (["pattern", "M", "--count", "6"], "pattern"),
    (["rubbish", "M", "--count", "20", "--fooling-count", "5"], "rubbish"),
    (["transfer", "--networks", "softmax:epochs=1", "mlp:epochs=1", "--count", "6"], "transfer"),
  ]

  @Test(
    "Every picture and table that a run leaves is on its page, or a part of one that is",
    arguments: runs.indices)
  func whole(number: Int) async throws {
    let laboratory = try await Laboratory()
    let (arguments, folder) = Self.runs[number]
    let outcome = try await Program(laboratory: laboratory).run(
      arguments.map { $0 == "M" ? "run/model.safetensors" : $0 }
        + ["--data", "images", "--output", folder, "--quiet"])
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    expectSuccess(try await laboratory.run("report", folder, "--latex", "--output", "page", "--quiet"))
    let page = String(decoding: try laboratory.read("page/index.html"), as: UTF8.self)
    let parts = [
      "figures/line-", "figures/means-", "figures/directions.png", "figures/spectrum.png",
      "figures/components.png", "figures/universal.png", "spectrum.csv", "components.csv",
    ]
    var shown = 0
    for name in try laboratory.content(of: folder).keys.map({ $0.dropFirst(folder.count + 1) }).sorted() {
      let isPicture = name.hasSuffix(".png") && (!name.contains("/") || name.hasPrefix("figures/"))
      let isTable = name.hasSuffix(".csv") && !name.contains("/")
      guard isPicture || isTable, !parts.contains(where: name.hasPrefix) else { continue }
      #expect(page.contains("runs/\(folder)/\(name)\""), "\(folder)/\(name) is not on the page")
      shown += 1
    }
    #expect(shown > 1)
  }

  private static let texLive: URL? = [
    "/usr/bin/pdflatex", "/usr/local/bin/pdflatex", "/Library/TeX/texbin/pdflatex",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }

  @Test(
    "The article compiles with a stock TeX Live, without a line too long or a reference too many",
    .enabled(if: texLive != nil))
  func article() async throws {
    let laboratory = try await Laboratory()
    try laboratory.writeArrays(to: "arrays", count: 300)
    expectSuccess(
      try await laboratory.run(
        "demo", "--data", "arrays", "--architecture", "mlp", "--epochs", "2", "--output", "démo & 1",
        "--quiet"))
    expectSuccess(
      try await laboratory.run(
        "report", "démo & 1", "run", "--latex", "--title", "50 % of κ_1 & {more}", "--output", "page",
        "--quiet"))
    let pdflatex = try #require(Self.texLive)
    let folder = laboratory.file("page/latex")
    func run(_ program: String, _ arguments: [String]) async throws {
      let outcome = try await Program(laboratory: laboratory).start(
        ["-c", "cd \"$0\" && exec \"$@\"", folder.path]
          + [pdflatex.deletingLastPathComponent().appending(path: program).path] + arguments,
        executable: URL(filePath: "/bin/bash")
      ).outcome()
      #expect(outcome.exitCode == 0, "\(program): \(outcome.output.suffix(1500))")
    }
    let typesetting = ["-interaction=nonstopmode", "-halt-on-error", "writeup"]
    try await run("pdflatex", typesetting)
    try await run("bibtex", ["writeup"])
    try await run("pdflatex", typesetting)
    try await run("pdflatex", typesetting)
    let log = String(
      decoding: try Data(contentsOf: folder.appending(path: "writeup.log")), as: UTF8.self)
    for complaint in ["Overfull \\hbox", "undefined", "multiply defined", "Rerun to get"] {
      #expect(!log.contains(complaint), "\(complaint)")
    }
    #expect(try Data(contentsOf: folder.appending(path: "writeup.pdf")).count > 50_000)
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
