import Escapes
import Foundation
import Testing

/// Texts in which every joining scalar stands before and after every sign that some language takes for its own, read
/// back by the programs that they are escaped for. Each is started once for all texts.
@Suite("Text read back by what reads it") struct ConsumerTests {
  /// Signs with a meaning in one of the languages, and a digit, which would prolong an octal escape.
  private static let special = "'\"\\<>&=+-@#%${}[]_^~|*`,;:!?().0 \t"

  /// For each joining scalar one text; and texts without one that have been trouble.
  private static let texts: [String] =
    JoiningScalars.all.map { scalar in
      special.unicodeScalars.reduce(into: String(scalar)) { text, sign in
        text.unicodeScalars.append(sign)
        text.unicodeScalars.append(scalar)
      }
    }
    + JoiningScalars.all.flatMap { scalar in
      ["\"", "'", "=", "-", "\\"].map { "\($0)\(scalar)" }
    }
    + [
      "", " ", "'", "''", "'s-Hertogenbosch", "'t Zand", "\"", "\"\"", "a\"b\"c", "\"0", "\"777\\1", "\\",
      "\\\\",
      "\\0", "ends in \\", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "'=1", "＝1", "\u{FEFF}=1", "a;=1",
      "$(id)", "`id`", "$HOME", "!!", "a\nb", "a\r\nb", "\r", "-n", "--", "NaN", "?", "# comment",
      "50% of %s",
      "<script>alert(1)</script>", "]]>", "<!--", "&lt;", "&#60;", "\u{2028}x", "\u{85}x", "x\u{0}y",
    ]

  @Test("gnuplot draws every text as it is, from its file of words")
  func gnuplot() throws {
    try withFolder { folder in
      // What gnuplot is not given: controls, which become spaces.
      let texts = Self.texts.filter { !$0.isEmpty }
      let lines = texts.enumerated().map { "\($0 + 1)\t\(GnuplotText.field($1))\n" }
      try write(lines.joined(), "words.txt", folder)
      try write(
        """
        set encoding utf8
        set datafile separator tab
        array words[\(texts.count)]
        stats 'words.txt' using (words[$0 + 1] = strcol(2), 0) nooutput
        set print 'out'
        do for [i = 1:\(texts.count)] { print '<' . words[i] . '>' }
        """, "read.gp", folder)
      try run("gnuplot", ["-d", "read.gp"], folder)
      let out = try read("out", folder).split(separator: "\n", omittingEmptySubsequences: false)
      try #require(out.count == texts.count + 1)
      for (text, line) in zip(texts, out) {
        let expected = text.unicodeScalars.map { isControl($0) ? " " : String($0) }.joined()
          .replacingOccurrences(of: "]]>", with: "]]\u{200B}>", options: .literal)
        #expect(same(String(line), "<\(expected)>"), "\(text.debugDescription)")
      }
    }
  }

  @Test("A shell takes every text for one word")
  func shell() throws {
    try withFolder { folder in
      let texts = Self.texts.filter { !$0.unicodeScalars.contains("\0") }
      try write(
        texts.map { "printf '%s\\0' \(ShellWord.quoted($0))\n" }.joined(), "words.sh", folder)
      let words = try run("sh", ["words.sh"], folder).split(separator: 0, omittingEmptySubsequences: false)
      try #require(words.count == texts.count + 1)
      for (text, word) in zip(texts, words) {
        #expect(word.elementsEqual(text.utf8), "\(text.debugDescription)")
      }
    }
  }

  @Test(
    "Python's csv reads every text, and after the mark is taken away it is the same; no field is a formula")
  func table() throws {
    try withFolder { folder in
      let texts = Self.texts.filter { !$0.unicodeScalars.contains("\0") }
      try write(texts.map { "1,\(CSVField.text($0)),2\n" }.joined(), "table.csv", folder)
      let script = """
        import csv, sys
        for row in csv.reader(open("table.csv", encoding="utf-8", newline="")):
            assert len(row) == 3 and row[0] == "1" and row[2] == "2", row
            start = row[1].lstrip("\\ufeff \\t\\r\\n")[:1]
            assert start not in ("=", "+", "-", "@"), row
            text = row[1][1:] if row[1][:1] == "'" else row[1]
            sys.stdout.buffer.write(text.encode("utf-8") + b"\\0")
        """
      try write(script, "read.py", folder)
      let cells = try run("python3", ["read.py"], folder).split(
        separator: 0, omittingEmptySubsequences: false)
      try #require(cells.count == texts.count + 1)
      for (text, cell) in zip(texts, cells) {
        #expect(cell.elementsEqual(text.utf8), "\(text.debugDescription)")
        // Our own reader knows the mark.
        let bare = CSVField.text(text).utf8.first == UInt8(ascii: "\"") ? nil : CSVField.text(text)
        if let bare { #expect(same(CSVField.text(of: bare), text)) }
      }
    }
  }

  @Test("TeX sets every text, and reads no file for it", .enabled(if: Self.has("pdflatex")))
  func article() throws {
    try withFolder { folder in
      try write("\\typeout{A FILE WAS READ}\n", "stranger.tex", folder)
      let commands = JoiningScalars.all.flatMap { ["\($0)\\input stranger ", "\\\($0)input stranger "] }
      let texts = Self.texts + commands + ["\\input{stranger}", "^^5cinput stranger "]
      try write(
        """
        \\documentclass{article}
        \\usepackage[T1]{fontenc}
        \\usepackage[utf8]{inputenc}
        \\usepackage{amsmath,amssymb,textcomp}
        \\begin{document}
        \(texts.map { LaTeXText.escaped($0) + "\n\n" }.joined())
        \\end{document}
        """, "texts.tex", folder)
      let out = try run("pdflatex", ["-interaction=batchmode", "-halt-on-error", "texts"], folder)
      let log = try String(decoding: Data(contentsOf: folder.appending(path: "texts.log")), as: UTF8.self)
      #expect(!log.contains("A FILE WAS READ"), "\(out)")
      #expect(log.contains("Output written on texts.pdf"))
    }
  }

  @Test(
    "A browser shows every text, between tags and in an attribute, and runs nothing",
    .enabled(if: Self.hasBrowser))
  func page() throws {
    try withFolder { folder in
      // HTML itself has no NUL.
      let texts =
        Self.texts.filter { !$0.unicodeScalars.contains("\0") }
        + JoiningScalars.all.flatMap {
          ["\($0)<img src=x onerror=ran()>", "\($0)\" onfocus=ran() autofocus x=\""]
        }
      let lines = texts.map { "<pre title=\"\(HTMLText.escaped($0))\">.\(HTMLText.escaped($0))</pre>\n" }
      try write(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>still</title>"
          + "<script>function ran() { document.title = 'ran'; }</script>\n\(lines.joined())</html>",
        "page.html",
        folder)
      try JSONEncoder().encode(texts).write(to: folder.appending(path: "texts.json"))
      let scenario = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Browser/escapes.py")
      try run("/usr/bin/python3", [scenario.path, folder.path], folder)
    }
  }

  // MARK: Programs

  private static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  private static let hasBrowser =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/chromedriver")
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

  /// What the program printed; expects that it succeeds.
  @discardableResult
  private func run(_ program: String, _ arguments: [String], _ folder: URL) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    environment["no_proxy"] = "127.0.0.1,localhost"
    process.environment = environment
    let (output, errors) = (folder.appending(path: "stdout"), folder.appending(path: "stderr"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let complaint = try Data(contentsOf: errors)
    try #require(
      process.terminationStatus == 0, "\(program): \(String(decoding: complaint.suffix(2000), as: UTF8.self))"
    )
    return try Data(contentsOf: output)
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "escapes-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func write(_ text: String, _ name: String, _ folder: URL) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }

  private func read(_ name: String, _ folder: URL) throws -> String {
    try String(decoding: Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  /// By bytes: Swift's `==` takes canonically equal texts for one.
  private func same(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    (0x00...0x1F).contains(scalar.value) || (0x7F...0x9F).contains(scalar.value)
      || (0x2028...0x2029).contains(scalar.value)
  }
}
