import ArgumentParser
import Storage

/// A word of a command line that its command does not know: a command, or the name of an option.
package struct Misspelling {
  let sentence: String
  let isCommand: Bool
  private let path: CommandPath

  /// - Parameter arguments: Those of a command line that the parser has refused, perhaps with a complaint about what is
  ///   missing in the place of this word.
  package init?(in arguments: [String], of root: ParsableCommand.Type) {
    self.init(in: CommandPath(of: arguments, root: root))
  }

  init?(in path: CommandPath) {
    self.path = path
    if let word = path.rest.first, !path.subcommands.isEmpty, !word.hasPrefix("-") {
      let known = path.subcommands.filter { $0.configuration.shouldDisplay }.flatMap { $0.names }
      sentence =
        "\(path.words) has no command \(word)" + Self.question(NearestWord.nearest(to: word, among: known))
      isCommand = true
      return
    }
    guard !path.isHelp else { return nil }
    let names = CommandDescription(of: path.command).arguments.flatMap { $0.names ?? [] }
    let short = Set(names.filter { $0.kind == .short }.map(\.name)).union(["h"])
    let long = names.filter { $0.kind == .long }.map(\.name)
    let known = Set(long).union(Self.builtIn)
    guard let name = path.options.lazy.map(Self.name).first(where: { !$0.isKnown(long: known, short: short) })
    else {
      return nil
    }
    let nearest = NearestWord.nearest(to: name.letters, among: long)
    sentence = "unknown option \(name.text)" + Self.question(nearest.map { "--\($0)" })
    isCommand = false
  }

  /// What is said instead of the parser's complaint.
  package var message: String {
    "Error: \(sentence)\n" + HelpPage(path, isShort: true, columns: Output.pageColumns).reminder
  }

  private static func question(_ word: String?) -> String { word.map { ": did you mean \($0)?" } ?? "" }

  /// Options of the parser itself.
  private static let builtIn = [
    "help", "help-hidden", "version", "generate-completion-script", "experimental-dump-help",
  ]

  private struct OptionName {
    var text: String
    var letters: String { String(text.drop { $0 == "-" }) }

    /// A short option may have its value, or other short ones, behind it.
    func isKnown(long: Set<String>, short: Set<String>) -> Bool {
      if text.hasPrefix("--") { return long.contains(letters) }
      return Double(text) != nil || short.contains(String(letters.prefix(1)))
    }
  }

  /// Without a value that is joined to it.
  private static func name(_ option: String) -> OptionName {
    OptionName(text: String(option.prefix { $0 != "=" }))
  }
}
