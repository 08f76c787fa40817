import Foundation
import Images
import Testing

/// Names that another program would run, in every place where a file can bring one: through the commands that draw,
/// tabulate and report them.
@Suite struct StrangersNamesTests {
  /// ARABIC NUMBER SIGN: what follows it belongs to its Character.
  private static let prepend = "\u{0600}"

  /// An evaluated network of such names in `evaluation`, drawn in a folder for temporary files of its own.
  private func evaluated(
    classNames: [String], architecture: String = "tiny", data: String = "arrays"
  ) async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: data, count: 90)
    try laboratory.write(classNames.joined(separator: "\n") + "\n", to: "\(data)/class-names.txt")
    let network = try JSONSerialization.jsonObject(with: Data(Laboratory.network().utf8)) as? [String: Any]
    var named = try #require(network)
    named["name"] = architecture
    try laboratory.write(JSONSerialization.data(withJSONObject: named), to: "network.json")
    try laboratory.write("", to: "tmp/empty")
    let program = Program(laboratory: laboratory, environment: ["TMPDIR": laboratory.file("tmp").path])
    for arguments in [
      ["train", "--architecture", "network.json", "--epochs", "1", "--output", "trained"],
      ["evaluate", "trained/model.safetensors", "--output", "evaluation"],
    ] { expectSuccess(try await program.run(arguments + ["--data", data, "--quiet"])) }
    return laboratory
  }

  /// Draws a chart of the laboratory again, as its reader would.
  private func draw(_ script: String, as format: String, in laboratory: Laboratory) async throws {
    let file = laboratory.file(script)
    expectSuccess(
      try await Program(laboratory: laboratory).start(
        [
          "-c", "cd \"$0\" && gnuplot -e \"format = '$1'\" \"$2\"", file.deletingLastPathComponent().path,
          format,
          file.lastPathComponent,
        ], executable: URL(filePath: "/bin/bash")
      ).outcome())
  }

  @Test(
    "No name of an architecture, a class or a folder runs a command of gnuplot, now or when it draws again")
  func commands() async throws {
    let laboratory = try await evaluated(
      classNames: [
        "\(Self.prepend)'1);system\"touch ../pwned\"#", "\u{200D}'\u{200D}; system 'touch ../pwned' #",
        "`touch ../pwned`",
      ],
      architecture: "\(Self.prepend)'; system \"touch ../pwned\" #",
      data: "\(Self.prepend)'; system \"touch pwned\" #")
    for script in ["trained/figures/training.gp", "evaluation/figures/confusion.gp"] {
      #expect(!String(decoding: try laboratory.read(script), as: UTF8.self).contains("pwned"))
      for format in ["png", "svg"] { try await draw(script, as: format, in: laboratory) }
    }
    let words = String(decoding: try laboratory.read("evaluation/figures/confusion.txt"), as: UTF8.self)
    #expect(words.contains("\t`touch ../pwned`\n"))
    let made = try FileManager.default.subpathsOfDirectory(atPath: laboratory.folder.path)
    #expect(!made.contains { $0.hasSuffix("/pwned") || $0 == "pwned" })
  }

  private static let reportedNames = [
    "\(prepend)<img src=x onerror=document.title='pwned' \(prepend)>", "\(prepend)\\input /etc/hostname ",
    "=1+1",
  ]

  /// The report of a network of such classes, in `report`.
  private func reported() async throws -> Laboratory {
    let laboratory = try await evaluated(classNames: Self.reportedNames)
    expectSuccess(
      try await laboratory.run("report", "evaluation", "--latex", "--output", "report", "--quiet"))
    return laboratory
  }

  @Test("A page, an article and a text of strangers' names hold them as text")
  func report() async throws {
    let laboratory = try await reported()
    // By byte: `String.contains` goes by Character and would not see them.
    let code = [".html": "<img src=x onerror", ".md": "<img src=x onerror", ".tex": "\\input /etc"]
    for (name, data) in try laboratory.content(of: "report") {
      for (ending, code) in code where name.hasSuffix(ending) {
        #expect(data.firstRange(of: Data(code.utf8)) == nil, "\(name) has \(code)")
      }
    }
    // A spreadsheet does not run the name; the page shows it as it is.
    let table = String(decoding: try laboratory.read("evaluation/classes.csv"), as: UTF8.self)
    #expect(table.contains("\n'=1+1,"))
    let page = String(decoding: try laboratory.read("report/index.html"), as: UTF8.self)
    #expect(page.contains("data-value=\"=1+1\""))
  }

  @Test(
    "LaTeX typesets strangers' names and reads no file for them",
    .enabled(if: TeXLive.isHere, TeXLive.whatIsMissing))
  func article() async throws {
    let laboratory = try await reported()
    try await TeXLive.typeset(laboratory.file("report/latex"), in: laboratory)
    let log = String(decoding: try laboratory.read("report/latex/writeup.log"), as: UTF8.self)
    #expect(!log.contains("/etc/hostname"))
  }

  @Test(
    "A browser shows strangers' names and runs nothing of them",
    .enabled(if: Browser.isHere, Browser.whatIsMissing))
  func page() async throws {
    let laboratory = try await reported()
    try JSONEncoder().encode(Self.reportedNames).write(to: laboratory.file("names.json"))
    try await Browser.play(
      "strangers", [laboratory.file("report").path, laboratory.file("names.json").path],
      laboratory: laboratory)
  }

  @Test("Names that begin with an apostrophe stand at both axes")
  func apostrophes() async throws {
    let laboratory = try await evaluated(classNames: ["'s-Hertogenbosch", "'t Zand", "50% off"])
    try await draw("evaluation/figures/confusion.gp", as: "svg", in: laboratory)
    let drawing = String(decoding: try laboratory.read("evaluation/figures/confusion.svg"), as: UTF8.self)
    for name in ["'s-Hertogenbosch", "'t Zand", "50% off"] {
      #expect(drawing.split(separator: ">\(name)<", omittingEmptySubsequences: false).count == 3, "\(name)")
    }
  }

  @Test("A name of a megabyte is refused where it is read; the longest one that is taken is drawn")
  func lengths() async throws {
    let laboratory = try await Laboratory()
    let long = String(repeating: "x", count: 1_000_000)
    try laboratory.write(
      Laboratory.network().replacingOccurrences(of: "\"tiny\"", with: "\"\(long)\""), to: "architecture.json")
    try laboratory.write(
      Laboratory.network().replacingOccurrences(of: "\"act\"", with: "\"\(long)\""), to: "node.json")
    for name in ["architecture", "node"] {
      expectRefusal(
        try await laboratory.run(
          "train", "--data", "images", "--architecture", "\(name).json", "--output", "none", "--quiet"),
        saying: ["\(name).json", "1000000 bytes", "at most 255"])
    }
    try laboratory.writeArrays(to: "arrays", count: 90)
    try laboratory.write("a\n\(long)\nc\n", to: "arrays/class-names.txt")
    expectRefusal(
      try await laboratory.run(
        "evaluate", "run/model.safetensors", "--data", "arrays", "--output", "none", "--quiet"),
      saying: ["class-names.txt", "1000000 bytes", "at most 255"])
    let longest = String(repeating: "W", count: 255)
    let drawn = try await evaluated(
      classNames: ["a\(longest.dropLast())", longest, "c"], architecture: longest)
    for figure in ["trained/figures/training.png", "evaluation/figures/confusion.png"] {
      #expect(try PNGFile.read(drawn.file(figure)).width < 1600, "\(figure)")
    }
  }
}
