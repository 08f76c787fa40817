import Foundation

/// All commands there are, as the parser describes them, so that a new one is tested without being listed anywhere.
struct CommandTree: Decodable {
  let commandName: String
  let subcommands: [CommandTree]?

  private struct Dump: Decodable { let command: CommandTree }

  /// The words that lead to every command; the first is `intrigue`.
  static func paths(in laboratory: Laboratory) async throws -> [[String]] {
    let dump = try await laboratory.run("--experimental-dump-help")
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command.paths()
  }

  private func paths(after words: [String] = []) -> [[String]] {
    let own = words + [commandName]
    return [own] + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.paths(after: own) }
  }
}
