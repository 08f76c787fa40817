import Foundation
import Synchronization
import Testing

/// Progress on a real terminal: as wide as it is, and gone in the end.
@Suite(.serialized) struct TerminalTests {
  private static let comparison = [
    "compare", "--data", "arrays", "--architecture", "network.json", "--networks", "3", "--epochs", "2",
    "--rotations", "19", "--top", "4", "--bases", "none", "--reference", "none", "--output", "comparison",
  ]
  private static let training = [
    "train", "--data", "arrays", "--architecture", "network.json", "--epochs", "30", "--output", "trained",
  ]

  private func laboratory() async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 3000)
    return laboratory
  }

  @Test(
    "At any width no line wraps, and what was drawn over and over is gone in the end",
    arguments: [40, 60, 80])
  func widths(columns: Int) async throws {
    let laboratory = try await laboratory()
    let terminal = try PseudoTerminal(columns: columns)
    var (screen, everything) = (Screen(columns: columns), "")
    let code = try terminal.run(Self.comparison, in: laboratory) {
      screen.write($0)
      everything += $0
    }
    #expect(code == 0 && screen.unknown == [], "\(screen.rows)")
    #expect(screen.wrapped == [])
    // Drawn: the place in the whole, with the time left once a network has ended. Left: what began, and what came of it.
    #expect(everything.contains("network 1 of 3"), "\(everything)")
    #expect(everything.contains(/network 3 of 3, [0-9]+ s left/), "\(everything)")
    #expect(!screen.rows.contains { $0.hasPrefix("  [") || $0.contains(" left") }, "\(screen.rows)")
    let text = screen.rows.joined(separator: "\n")
    for number in 1...3 { #expect(text.contains("network \(number) of 3:"), "\(text)") }
    #expect(text.contains("epoch 2/2  train loss"), "\(text)")
    #expect(screen.rows.last == "")
  }

  @Test("A terminal that becomes narrower or wider is followed")
  func resizing() async throws {
    let laboratory = try await laboratory()
    let terminal = try PseudoTerminal(columns: 80)
    var (screen, epochs) = (Screen(columns: 80), 0)
    let code = try terminal.run(Self.training, in: laboratory) { text in
      screen.write(text)
      epochs += text.matches(of: /epoch [0-9]+\/30  train loss/).count
      let wanted = epochs < 5 ? 80 : epochs < 15 ? 44 : 66
      guard screen.columns != wanted else { return }
      screen.columns = wanted
      terminal.resize(to: wanted)
    }
    #expect(code == 0)
    // Of some hundred lines; what was on its way at a resize was written for the width before.
    #expect(screen.wrapped.count <= 4, "\(screen.wrapped)")
    let text = screen.rows.joined(separator: "\n")
    #expect(text.contains("  epoch 10/30  train loss"), "\(text)")
    #expect(screen.rows.allSatisfy { $0.count <= 79 })
    #expect(!screen.rows.contains { $0.contains(" left") }, "\(text)")
  }

  @Test("Results follow where progress was")
  func results() async throws {
    let laboratory = try await laboratory()
    let terminal = try PseudoTerminal(columns: 80)
    var screen = Screen(columns: 80)
    let code = try terminal.run(Self.training, in: laboratory, showsResults: true) { screen.write($0) }
    #expect(code == 0)
    let last = try #require(screen.rows.lastIndex { $0.contains("epoch 30/30") })
    #expect(screen.rows[(last + 1)...].contains { $0.contains("accuracy") }, "\(screen.rows)")
    #expect(!screen.rows.contains { $0.contains(" left") }, "\(screen.rows)")
  }

  @Test("A terminal that knows no control sequences gets lines only", arguments: ["dumb", ""])
  func dumb(kind: String) async throws {
    let laboratory = try await laboratory()
    var everything = ""
    let code = try PseudoTerminal(columns: 40).run(Self.training, in: laboratory, environment: ["TERM": kind])
    {
      everything += $0
    }
    #expect(code == 0)
    #expect(!everything.contains("\u{1B}") && !everything.replacing("\r\n", with: "").contains("\r"))
    // The same as in a log.
    let log = try await Program(laboratory: laboratory).run(Self.training.dropLast() + ["logged"])
    func words(_ text: String) -> String {
      text.replacing("\r\n", with: "\n").replacing(/[0-9.]+ (images\/s|s\b)/, with: "#")
    }
    #expect(words(everything) == words(log.errors))
    #expect(log.errors.contains("  epoch 30/30  train loss "))
  }
}
