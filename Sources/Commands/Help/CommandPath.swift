import ArgumentParser

/// The commands that a command line begins with, and what follows them.
struct CommandPath {
  /// The program first.
  let commands: [ParsableCommand.Type]
  let rest: [String]
  /// Whether it begins with the command `help`.
  let isHelp: Bool

  init(of arguments: [String], root: ParsableCommand.Type) {
    isHelp = arguments.first == "help"
    var commands = [root]
    var rest = arguments.dropFirst(isHelp ? 1 : 0)
    while let word = rest.first,
      let next = commands[commands.count - 1].configuration.subcommands.first(where: {
        $0.names.contains(word)
      })
    {
      commands.append(next)
      rest.removeFirst()
    }
    self.commands = commands
    self.rest = Array(rest)
  }

  var command: ParsableCommand.Type { commands[commands.count - 1] }
  var subcommands: [ParsableCommand.Type] { command.configuration.subcommands }

  /// Such as "intrigue attack fgsm".
  var words: String { commands.map { $0._commandName }.joined(separator: " ") }

  /// What follows as options, up to `--`.
  var options: [String] { rest.prefix { $0 != "--" }.filter { $0.hasPrefix("-") && $0 != "-" } }
}

extension ParsableCommand {
  static var names: [String] { [_commandName] + configuration.aliases }
}
