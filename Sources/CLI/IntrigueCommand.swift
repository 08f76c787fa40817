import ArgumentParser
import Intrigue

@main
struct IntrigueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "intrigue", abstract: "The laboratory for the two intriguing properties of neural networks.",
    subcommands: [AttackCommand.self])
}
