import Escapes
import Foundation
import Testing

/// Help is read by people: nothing of the program's own language is in it, and it fits the terminal.
@Suite struct HelpTests {
  @Test("No option of any command lacks a sentence or a placeholder, or shows a value of Swift")
  func options() async throws {
    for (path, command) in try await CommandTree.commands(in: Laboratory(hasResults: false)) {
      for argument in command.arguments ?? []
      where argument.shouldDisplay && argument.preferredName?.name != "help" {
        let name =
          "\(path.joined(separator: " ")) \(argument.preferredName?.name ?? argument.valueName ?? "")"
        let abstract = argument.abstract ?? ""
        #expect(!abstract.isEmpty, "\(name): without help")
        #expect(
          argument.kind == "flag" || argument.valueName?.contains { $0.isUppercase || $0 == "|" } == true,
          "\(name): \"\(argument.valueName ?? "")\" does not tell what it takes")
        #expect(
          argument.defaultValue == nil || !abstract.contains("Default:"), "\(name): its default is told twice"
        )
        for text in [abstract, argument.discussion ?? "", argument.defaultValue ?? ""]
          + (argument.allValues ?? [])
        {
          #expect(Self.leaks(of: text) == [], "\(name): \(text)")
        }
        #expect(argument.allValues?.contains("") != true, "\(name): an empty value")
      }
    }
  }

  @Test("Every command explains itself in short and in full, in lines no longer than the terminal")
  func pages() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    for path in try await CommandTree.paths(in: laboratory) {
      for columns in [60, 80] {
        let program = Program(laboratory: laboratory, environment: ["COLUMNS": "\(columns)"])
        let (short, full) = (
          try await program.run(path.dropFirst() + ["-h"]),
          try await program.run(path.dropFirst() + ["--help"])
        )
        let words = path.joined(separator: " ")
        for outcome in [short, full] {
          expectSuccess(outcome)
          for line in outcome.output.split(separator: "\n") {
            #expect(TerminalText.columns(of: line) <= columns, "\(words), \(columns) columns: \(line)")
          }
          #expect(Self.leaks(of: outcome.output) == [], "\(words)")
        }
        let lineCount = short.output.count { $0 == "\n" }
        #expect(lineCount <= full.output.count { $0 == "\n" }, "\(words)")
        #expect(full.output.contains("\nExample: intrigue "), "\(words) shows no example")
        #expect(short.output.contains("\nExample: intrigue "), "\(words) shows no example in short")
      }
    }
  }

  /// What is none of people's business: names in camel case, values as Swift prints them, items without a text.
  private static func leaks(of text: String) -> [String] {
    [/\b[a-z]+[A-Z][a-z]+\w*/, /default: [^)]*[({"]/, /Optional\(/, /(?m)^ *[-*] *$/, /\bnil\b/].flatMap {
      pattern in
      text.matches(of: pattern).map { String(text[$0.range]) }
    }
  }

  @Test("Without a command, and with help before its name, the page is the same")
  func ways() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let short = try await laboratory.run("-h")
    #expect(try await laboratory.run().output == short.output)
    let full = try await laboratory.run("attack", "--help")
    #expect(try await laboratory.run("help", "attack").output == full.output)
    #expect(full.output.hasPrefix("OVERVIEW: ") && full.output.contains("USAGE: intrigue attack"))
  }

  @Test(
    "A misspelt command or option is named, with the one that was meant",
    arguments: [
      (["galery"], "intrigue has no command galery: did you mean gallery?"),
      (["attack", "pdg"], "intrigue attack has no command pdg: did you mean pgd?"),
      (["help", "trian"], "intrigue has no command trian: did you mean train?"),
      (
        ["attack", "fgsm", "model", "--data", "images", "--epsilonn", "0.1"],
        "unknown option --epsilonn: did you mean --epsilon?"
      ),
      (["train", "--data", "images", "--out", "x"], "unknown option --out: did you mean --output?"),
      (["shift", "--data", "images", "--nothing-of-the-kind"], "unknown option --nothing-of-the-kind"),
    ] as [([String], String)])
  func misspelt(arguments: [String], sentence: String) async throws {
    let outcome = try await Program(laboratory: Laboratory(hasResults: false)).run(arguments)
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.hasPrefix("Error: \(sentence)\nUsage: intrigue"), "\(outcome.errors)")
  }
}
