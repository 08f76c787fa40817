import Foundation
import Storage
import Testing

/// Standard streams that are full, closed or left: a lost result is an error, lost progress is none.
@Suite struct OutputTests {
  private func run(
    _ laboratory: Laboratory, _ arguments: [String], _ redirection: String
  ) async throws -> Program.Outcome {
    try await Program(laboratory: laboratory).run(arguments, redirected: redirection)
  }

  /// Every stream that can fail, and why.
  private static let lostResults = [
    (redirection: ">/dev/full", reason: "No space left on device"),
    (redirection: ">&-", reason: "Bad file descriptor"),
  ]
  private static let lostRemarks = ["2>/dev/full", "2>&-", "<&- 2>&-"]

  private func expectLoss(
    _ outcome: Program.Outcome, _ reason: String, of arguments: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let sentence =
      "Error: standard output cannot be written: \(reason); what was to be printed is lost\n"
    #expect(outcome.exitCode == 1, "\(arguments): \(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors == sentence, "\(arguments)", sourceLocation: sourceLocation)
  }

  @Test(
    "Help that cannot be printed is an error of every command; what is said of wrong arguments may be lost")
  func help() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let paths = try await CommandTree.paths(in: laboratory)
    #expect(paths.count > 40)
    for path in paths {
      let help = Array(path.dropFirst()) + ["--help"]
      for (redirection, reason) in Self.lostResults {
        expectLoss(try await run(laboratory, help, redirection), reason, of: help)
      }
      let wrong = Array(path.dropFirst()) + ["--no-such-option"]
      for redirection in Self.lostRemarks {
        let told = try await run(laboratory, help, redirection)
        #expect(told.exitCode == 0 && told.output.hasPrefix("OVERVIEW: "), "\(help)")
        #expect(try await run(laboratory, wrong, redirection).exitCode == 64, "\(wrong)")
      }
    }
  }

  /// Commands that end soon, and print.
  static let results: [[String]] = [
    ["--version"], ["help"], ["help", "train"], [], ["--generate-completion-script", "bash"],
    ["--experimental-dump-help"], ["inspect", "run/model.safetensors"],
    ["inspect", "run/model.safetensors", "--json"],
    ["evaluate", "run/model.safetensors", "--data", "images", "--output", "out", "--quiet", "--json"],
    ["datasets", "list"], ["datasets", "list", "--json"],
    ["datasets", "show", "images", "--output", "out.png", "--json"], ["attack", "list"],
    ["attack", "list", "--json"],
    [
      "attack", "fgsm", "run/model.safetensors", "--data", "images", "--epsilon", "0.1", "--output", "out",
      "--json",
    ],
    [
      "rank", "run/model.safetensors", "--data", "images", "--top", "3", "--no-cache", "--output", "out",
      "--json",
    ],
    ["report", "evaluation", "--output", "out"],
    ["train", "--data", "images", "--architecture", "network.json", "--epochs", "1", "--output", "out"],
  ]

  @Test("A result that cannot be printed is one sentence and exit code 1", arguments: results)
  func result(_ arguments: [String]) async throws {
    let laboratory = try await Laboratory()
    for (redirection, reason) in Self.lostResults {
      let outcome = try await run(laboratory, arguments, redirection)
      #expect(outcome.exitCode == 1, "\(outcome.errors)")
      let last = outcome.errors.split(separator: "\n").last ?? ""
      #expect(
        last == "Error: standard output cannot be written: \(reason); what was to be printed is lost")
    }
  }

  @Test("Progress that cannot be told changes neither results nor exit code", arguments: results)
  func progress(_ arguments: [String]) async throws {
    let laboratory = try await Laboratory()
    let whole = try await Program(laboratory: laboratory).run(arguments)
    try #require(whole.exitCode == 0, "\(whole.errors)")
    for redirection in Self.lostRemarks {
      let outcome = try await run(laboratory, arguments, redirection)
      #expect(outcome.exitCode == whole.exitCode, "\(redirection)")
      #expect(Self.withoutSeconds(outcome.output) == Self.withoutSeconds(whole.output), "\(redirection)")
    }
  }

  /// How long something took is never the same.
  private static func withoutSeconds(_ text: String) -> String {
    text.replacing(/"[a-zA-Z]*[sS]econds" : [0-9.e-]+/, with: "").replacing(/in [0-9.]+ s/, with: "")
  }

  @Test("With every standard stream closed, no file of a run takes its number and is written into")
  func closed() async throws {
    let laboratory = try await Laboratory()
    let outcome = try await run(
      laboratory,
      [
        "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--batch", "8",
        "--output", "closed",
      ], "<&- >&- 2>&-")
    #expect(outcome.exitCode == 1)
    #expect(try laboratory.read("closed/model.safetensors") == laboratory.read("run/model.safetensors"))
    let record = try JSONSerialization.jsonObject(with: laboratory.read("closed/run.json"))
    #expect((record as? [String: Any])?["complete"] as? Bool == true)
  }

  @Test(
    "A reader who has left ends the program as it ends others: by SIGPIPE, or without a word where it is ignored"
  )
  func leftPipe() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    // A pipe that has had a reader and has none now.
    let pipe = "mkfifo left; exec 3<>left; exec 4>left; exec 3>&-; "
    for (preparation, code) in [("", nil), ("trap '' PIPE; ", 141)] as [(String, Int32?)] {
      let outcome = try await Program(laboratory: laboratory).run(
        ["attack", "list"], redirected: ">&4 4>&-", after: preparation + pipe)
      try laboratory.remove("left")
      #expect(outcome.exitCode == code)
      #expect(outcome.errors == "")
    }
  }

  @Test("A name moves no cursor and writes to no clipboard, and JSON holds it whole")
  func names() async throws {
    let laboratory = try await Laboratory()
    let model = try SafetensorsFile(contentsOf: laboratory.file("run/model.safetensors"))
    // A title, the clipboard, a mirror, an arrow that is one Character with what joins it, a control of C1.
    let names = ["\u{1B}]52;c;cHduZWQ=\u{7}", "\u{202E}gnp.\u{0600}\u{1B}[2J", "\u{9B}31m\u{200F}"]
    var metadata = model.metadata
    metadata["classNames"] = String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
    try SafetensorsFile(tensors: model.tensors, metadata: metadata)
      .write(to: laboratory.file("stranger\u{1B}[2J.safetensors"))
    for arguments in [
      ["inspect"], ["inspect", "--json"], ["evaluate", "--data", "images", "--output", "out"],
    ] {
      let outcome = try await Program(laboratory: laboratory).run(
        [arguments[0], "stranger\u{1B}[2J.safetensors"] + arguments.dropFirst())
      for text in [outcome.output, outcome.errors] {
        #expect(!text.unicodeScalars.contains { $0 != "\n" && Self.isActive($0) }, "\(text.debugDescription)")
      }
      #expect(outcome.output + outcome.errors != "")
      if arguments.contains("--json"), outcome.exitCode == 0 {
        let description = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(description?["classNames"] as? [String] == names)
      }
    }
    let missing = try await laboratory.run("inspect", "no \u{1B}[2J such\nfile")
    expectRefusal(missing, saying: [#"\u{1B}[2J such\u{A}file"#])
  }

  /// Written out once more, from ECMA-48 and Unicode's bidirectional controls.
  private static func isActive(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
      || ["\u{2028}", "\u{2029}"].contains(scalar)
  }

  @Test("No source but the writer's mentions a standard stream")
  func sources() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
      .standardizedFileURL
    let word =
      /\b(print|debugPrint|dump|puts|fputs|putchar|printf|vprintf|fprintf|perror|fflush)\(|FileHandle\.standard|\bSTD(OUT|ERR)_FILENO\b|\bstd(out|err)\b|std::c(out|err)\b/
    // The second: descriptors of a child. The third: of the caller, before there is a program.
    let writers = ["Commands/Output/", "Storage/ChildProcess.swift", "CStartup/"]
    var fileCount = 0
    for path in try FileManager.default.subpathsOfDirectory(atPath: sources.path).sorted() {
      guard ["swift", "c", "h", "cpp"].contains(path.split(separator: ".").last.map(String.init)),
        !writers.contains(where: path.hasPrefix)
      else { continue }
      fileCount += 1
      let text = String(decoding: try Data(contentsOf: sources.appending(path: path)), as: UTF8.self)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      where !line.drop(while: \.isWhitespace).hasPrefix("//") {
        #expect(line.firstMatch(of: word) == nil, "\(path):\(number + 1): \(line)")
      }
    }
    #expect(fileCount > 500)
  }
}
