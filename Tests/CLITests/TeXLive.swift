import Foundation
import Testing

/// LaTeX as users have it.
enum TeXLive {
  private static let folder = ["/usr/bin", "/usr/local/bin", "/Library/TeX/texbin"].first {
    FileManager.default.isExecutableFile(atPath: "\($0)/pdflatex")
  }

  static var isHere: Bool { folder != nil }

  static let whatIsMissing: Comment = "LaTeX is not installed"

  /// Typesets `writeup.tex`, and expects neither an error nor a line too long nor a reference too many.
  static func typeset(
    _ article: URL, in laboratory: Laboratory, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let folder = try #require(folder, sourceLocation: sourceLocation)
    let typesetting = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "writeup"]
    for command in [typesetting, ["bibtex", "writeup"], typesetting, typesetting] {
      let outcome = try await Program(laboratory: laboratory).start(
        ["-c", "cd \"$0\" && exec \"$@\"", article.path, "\(folder)/\(command[0])"] + command.dropFirst(),
        executable: URL(filePath: "/bin/bash")
      ).outcome()
      try #require(
        outcome.exitCode == 0, "\(command[0]): \(outcome.output.suffix(1500))", sourceLocation: sourceLocation
      )
    }
    let log = String(
      decoding: try Data(contentsOf: article.appending(path: "writeup.log")), as: UTF8.self)
    for complaint in ["Overfull \\hbox", "undefined", "multiply defined", "Rerun to get"] {
      let line = log.split(separator: "\n").first { $0.contains(complaint) }
      #expect(line == nil, "\(line ?? "")", sourceLocation: sourceLocation)
    }
    #expect(
      try Data(contentsOf: article.appending(path: "writeup.pdf")).count > 20_000,
      sourceLocation: sourceLocation)
  }
}
