import Foundation
import Images
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
    (["evaluate", "M"], "evaluate"),
    (
      ["gallery", "M", "--neurons", "2", "--directions", "2", "--top", "3", "--no-cache", "--strata"],
      "gallery"
    ),
    (
      [
        "compare", "--architecture", "network.json", "--networks", "2", "--epochs", "1", "--rotations", "19",
        "--bases", "none", "--reference", "none", "--top", "3",
      ], "compare"
    ),
    (["attack", "ddn", "M", "--steps", "20"], "ddn"),
    (["attack", "lbfgs", "M", "--targeted", "all", "--count", "4"], "every"),
    (["attack", "pool", "M", "--count", "6"], "pool"),
    (["linearity", "M", "--count", "4", "--sizes", "7,14", "--pair", "0,1"], "linearity"),
    (["pattern", "M", "--count", "6"], "pattern"),
    (["rubbish", "M", "--count", "20", "--fooling-count", "5"], "rubbish"),
    (
      [
        "substitute", "M", "--substitute", "softmax:epochs=1", "--seed-images", "3", "--rounds", "2",
        "--repetitions", "2", "--count", "3",
      ], "substitute"
    ),
    (
      ["attack", "pool", "M", "--knowledge", "black-box", "--epsilon", "0.3", "--queries", "50"],
      "black-box"
    ),
    (["attack", "boundary", "M", "--queries", "60"], "boundary"),
    (
      [
        "privacy", "--architecture", "network.json", "--epsilons", "5,1", "--networks", "2", "--epochs", "2",
        "--lot",
        "8", "--count", "6",
      ], "privacy"
    ),
    (["smooth", "M", "--count", "6", "--samples", "40", "--epsilon", "0.5", "--steps", "2"], "smooth"),
    (
      [
        "shift", "--architecture", "network.json", "--networks", "2", "--epochs", "1", "--images", "8",
        "--attacked", "4", "--steps", "3",
      ], "shift"
    ),
    (
      [
        "poison", "labels", "--architecture", "network.json", "--epochs", "2", "--networks", "2", "--shares",
        "0.3",
        "--from", "0", "--to", "1",
      ], "labels"
    ),
    (
      [
        "poison", "backdoor", "--architecture", "network.json", "--epochs", "2", "--networks", "2",
        "--shares",
        "0.2",
      ], "backdoor"
    ),
    (
      [
        "poison", "collision", "--architecture", "network.json", "--epochs", "40", "--pairs", "2",
        "--targets",
        "2",
        "--images-per-class", "4", "--steps", "5",
      ], "collision"
    ),
    (
      [
        "poison", "linear", "--pairs", "0,1", "--training-count", "6", "--validation-count", "6", "--points",
        "2",
        "--draws", "2", "--steps", "3",
      ], "linear"
    ),
    (["transfer", "--networks", "softmax:epochs=1", "mlp:epochs=1", "--count", "6"], "transfer"),
  ]

  /// Panels of a figure that is shown whole, and tables of single draws: data of a figure.
  private static let parts: [String: Set<String>] = [
    "compare": ["null.csv", "duplicates.csv"],
    "linearity": Set(
      ["line", "line-random"].flatMap { name in
        ["images", "logits", "near"].map { "figures/\(name)-\($0).png" }
      }),
    "pattern": Set(
      ["means-targeted", "means-untargeted", "directions", "spectrum", "components", "universal"]
        .map { "figures/\($0).png" } + ["spectrum.csv", "components.csv"]),
  ]

  @Test(
    "Every picture and table that a run leaves is on its page, or a part of one that is; its article compiles",
    arguments: runs.indices)
  func whole(number: Int) async throws {
    let laboratory = try await Laboratory()
    let (arguments, folder) = Self.runs[number]
    let outcome = try await Program(laboratory: laboratory).run(
      arguments.map { $0 == "M" ? "run/model.safetensors" : $0 }
        + ["--data", "images", "--output", folder, "--quiet"])
    try #require(outcome.exitCode == 0, "\(outcome.errors)")
    // Twice, as two runs of a kind would be.
    expectSuccess(
      try await laboratory.run("report", folder, folder, "--latex", "--output", "page", "--quiet"))
    let page = String(decoding: try laboratory.read("page/index.html"), as: UTF8.self)
    var shown = 0
    for name in try laboratory.content(of: folder).keys.map({ String($0.dropFirst(folder.count + 1)) })
      .sorted()
    {
      let isPicture = name.hasSuffix(".png") && (!name.contains("/") || name.hasPrefix("figures/"))
      let isTable = name.hasSuffix(".csv") && !name.contains("/") && name != "strata.csv"
      guard isPicture || isTable, !Self.parts[folder, default: []].contains(name) else { continue }
      #expect(page.contains("runs/\(folder)/\(name)\""), "\(folder)/\(name) is not on the page")
      shown += 1
    }
    #expect(shown > 1)
    if TeXLive.isHere { try await TeXLive.typeset(laboratory.file("page/latex"), in: laboratory) }
  }

  @Test(
    "Titles, folders and classes of whatever characters stand in an article that compiles",
    .enabled(if: TeXLive.isHere, TeXLive.whatIsMissing))
  func article() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    // Letters of every kind, each a way to end a table, a caption or a font.
    let classes = ["[x] y", "*z & 50 %", "iPhone_\\{", "ŉ ħ 水 é", "e\u{301}\"'~^"]
    for (label, name) in classes.enumerated() {
      for number in 0..<12 {
        let file = "images/\(name)/\(number).png"
        try laboratory.write(
          PNGFile.encode(Laboratory.picture(label % 3, number), file: laboratory.file(file)), to: file)
      }
    }
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "images", "--architecture", "mlp", "--epochs", "1", "--output", "run [1] & 50 %",
        "--quiet"))
    expectSuccess(
      try await laboratory.run(
        "evaluate", "run [1] & 50 %/model.safetensors", "--data", "images", "--output", "evaluation",
        "--quiet"))
    expectSuccess(
      try await laboratory.run(
        "gallery", "run [1] & 50 %/model.safetensors", "--data", "images", "--top", "3", "--neurons", "30",
        "--directions", "30", "--strata", "--no-cache", "--output", "gallery", "--quiet"))
    expectSuccess(
      try await laboratory.run(
        "report", "run [1] & 50 %", "evaluation", "gallery", "--latex", "--title", "50 % of κ_1 & {more}] ħ",
        "--output", "page", "--quiet"))
    try await TeXLive.typeset(laboratory.file("page/latex"), in: laboratory)
  }

  @Test("Classes whose names are numbers are called in the article as they are called")
  func numbersAsNames() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let names = ["3.14159265", "1e3", "007"]
    for (old, new) in zip(Laboratory.classNames, names) {
      try FileManager.default.moveItem(
        at: laboratory.file("images/\(old)"), to: laboratory.file("images/\(new)"))
    }
    expectSuccess(
      try await laboratory.run(
        "train", "--data", "images", "--architecture", "softmax", "--epochs", "1", "--output", "run",
        "--quiet"))
    expectSuccess(
      try await laboratory.run(
        "evaluate", "run/model.safetensors", "--data", "images", "--output", "out", "--quiet"))
    expectSuccess(try await laboratory.run("report", "out", "--latex", "--output", "page", "--quiet"))
    let texts = try laboratory.content(of: "page").filter { $0.key.hasSuffix(".tex") }
      .map { String(decoding: $0.value, as: UTF8.self) }
    for name in names {
      #expect(texts.contains { $0.contains("\n\(name) & ") }, "\(name): \(texts)")
    }
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
