import Foundation

/// All commands there are, as the parser describes them, so that a new one is tested without being listed anywhere.
struct CommandTree: Decodable {
  let commandName: String
  let subcommands: [CommandTree]?
  let arguments: [Argument]?

  struct Argument: Decodable {
    struct Name: Decodable { let name: String }

    let kind: String
    let shouldDisplay: Bool
    let preferredName: Name?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?
    let discussion: String?
    let completionKind: [String: Completion]?

    /// Its parameters do not matter.
    struct Completion: Decodable { init(from decoder: any Decoder) {} }
  }

  private struct Dump: Decodable { let command: CommandTree }

  /// The words that lead to every command; the first is `intrigue`.
  static func paths(in laboratory: Laboratory) async throws -> [[String]] {
    try await commands(in: laboratory).map(\.path)
  }

  /// Every command, with the words that lead to it.
  static func commands(in laboratory: Laboratory) async throws -> [(path: [String], command: CommandTree)] {
    let dump = try await laboratory.run("--experimental-dump-help")
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command.commands()
  }

  private func commands(after words: [String] = []) -> [(path: [String], command: CommandTree)] {
    let own = words + [commandName]
    return [(own, self)]
      + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.commands(after: own) }
  }
}
