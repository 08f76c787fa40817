import Foundation
import Testing

@Suite(.enabled(if: Tutorial.dataIsHere, "dataset-fashion-mnist is not installed")) struct TutorialTests {
  @Test("Every command of the tutorial works, and leaves the files that it speaks of")
  func commands() async throws {
    let tutorial = try Tutorial()
    let others = tutorial.commands.filter { !$0.hasPrefix("intrigue ") }
    #expect(others == ["make build", "alias intrigue=.build/release/intrigue"])
    let laboratory = try await Laboratory(hasResults: false)
    for command in tutorial.commands where command.hasPrefix("intrigue ") {
      let outcome = try await Program(laboratory: laboratory).start(
        ["-c", "intrigue() { \"$0\" \"$@\"; }; \(command)", try Program.executable.path],
        executable: URL(filePath: "/bin/bash")
      ).outcome()
      try #require(outcome.exitCode == 0, "\(command): \(outcome.errors.suffix(1000))")
    }
    #expect(tutorial.files.count > 8)
    for file in tutorial.files {
      #expect(FileManager.default.fileExists(atPath: laboratory.file(file).path), "\(file)")
    }
  }
}

/// docs/tutorial.md, taken apart.
private struct Tutorial {
  /// Debian's package of Fashion-MNIST; on another system the tutorial would begin with a download.
  static let dataIsHere = FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")

  /// Lines of the shell blocks.
  let commands: [String]
  /// What the text names in the output folder.
  let files: [String]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/tutorial.md")
    let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "```")
    commands = parts.enumerated().filter { $0.offset % 2 == 1 }.flatMap {
      $0.element.split(separator: "\n").dropFirst().map(String.init)
    }
    let text = parts.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).joined()
    files = text.components(separatedBy: "`").filter { $0.hasPrefix("output/") }
  }
}
