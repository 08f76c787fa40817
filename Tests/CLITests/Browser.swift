import Foundation
import Testing

/// A headless Chromium, driven by the scenarios in Tests/Browser: Python with Selenium.
enum Browser {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Browser")

  /// Debian's own Python first: its packages are not seen by another one.
  private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Whether Chromium, its driver, Selenium and the readers of HTML are here; `make test` installs them on Debian.
  static let isHere: Bool = {
    guard let python, FileManager.default.isExecutableFile(atPath: "/usr/bin/chromedriver") else {
      return false
    }
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", "import selenium, html5lib"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  static let whatIsMissing: Comment = "Chromium, its driver, Selenium or html5lib is not installed"

  /// Plays Tests/Browser/`name`.py to its end and expects that it found nothing wrong.
  static func play(
    _ name: String, _ arguments: [String], laboratory: Laboratory,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var environment: [String: String] = [
      // No file is left beside the scenarios, and no proxy stands between Selenium and the driver.
      "PYTHONDONTWRITEBYTECODE": "1", "no_proxy": "127.0.0.1,localhost",
    ]
    let tools = folder.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build-tools")
    for (variable, name) in [("INTRIGUE_AXE", "axe.min.js"), ("INTRIGUE_VNU", "vnu.jar")] {
      let tool = tools.appending(path: name).path
      if FileManager.default.fileExists(atPath: tool) { environment[variable] = tool }
    }
    let program = Program(laboratory: laboratory, environment: environment)
    let outcome = try await program.start(
      [folder.appending(path: "\(name).py").path] + arguments, executable: URL(filePath: python ?? "python3")
    ).outcome()
    #expect(
      outcome.exitCode == 0, "\(name).py: \(outcome.errors.suffix(2000))", sourceLocation: sourceLocation)
  }
}
