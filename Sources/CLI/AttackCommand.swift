import ArgumentParser
import Intrigue

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack", abstract: "Change held-out images a little so that a network mistakes them.",
    subcommands: [FGSMCommand.self])
}
