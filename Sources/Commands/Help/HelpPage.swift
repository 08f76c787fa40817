import ArgumentParser
import Escapes

/// Help on a command: in short for `-h`, in full for `--help` and for `intrigue help`.
///
/// ArgumentParser 1.8 has one length of help (its issues 157 to 159 ask for more) and breaks neither the line of usage
/// nor an example, so the page is written here from its description of the command.
package struct HelpPage {
  private let path: CommandPath
  private let isShort: Bool
  private let columns: Int

  /// The page that a command line asks for; nil: it asks for something else.
  ///
  /// A command that only has subcommands gives help where none is named.
  ///
  /// - Throws: `ValidationError` where a command is not known.
  package init?(for arguments: [String], of root: ParsableCommand.Type, columns: Int) throws {
    guard arguments.first?.hasPrefix("---") != true else { return nil }  // from a completion script
    let path = CommandPath(of: arguments, root: root)
    let asksInFull = path.options.contains("--help") || path.isHelp
    let asksInShort = path.options.contains("-h")
    let isUnfinished = path.rest.isEmpty && !path.subcommands.isEmpty
    guard asksInFull || asksInShort || isUnfinished else { return nil }
    if let unknown = Misspelling(in: path), unknown.isCommand { throw ValidationError(unknown.sentence) }
    self.init(path, isShort: !asksInFull, columns: columns)
  }

  init(_ path: CommandPath, isShort: Bool, columns: Int) {
    self.path = path
    self.isShort = isShort
    self.columns = columns
  }

  package var text: String {
    let configuration = path.command.configuration
    let arguments = CommandDescription(of: path.command).arguments
    var blocks: [[String]] = []
    if isShort {
      blocks.append(TerminalText.folded(configuration.abstract, to: columns))
      let examples = configuration.discussion.split(separator: "\n").prefix { $0.hasPrefix(Self.example) }
      blocks.append(examples.flatMap(paragraph) + usage(arguments, title: "Usage: "))
    } else {
      blocks.append(TerminalText.folded("OVERVIEW: \(configuration.abstract)", to: columns))
      if !configuration.discussion.isEmpty {
        blocks.append(
          configuration.discussion.split(separator: "\n", omittingEmptySubsequences: false).flatMap(paragraph)
        )
      }
      blocks.append(usage(arguments, title: "USAGE: "))
    }
    blocks += sections(arguments).map { title, entries in
      ["\(title.uppercased()):"] + entries.flatMap { lines(of: $0) }
    }
    blocks.append(
      TerminalText.folded(
        path.subcommands.isEmpty
          ? (isShort ? "Details: \(path.words) --help" : "")
          : "Details of one: \(path.words) <subcommand> --help", to: columns, hanging: "  "))
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  // MARK: Paragraphs

  private static let example = "Example: "

  /// Items of a list hang; an example that is too long can still be copied into a shell.
  private func paragraph(_ text: Substring) -> [String] {
    guard !text.isEmpty else { return [""] }
    let indent = String(text.prefix { $0 == " " })
    if text.hasPrefix(Self.example) {
      return TerminalText.folded(String(text), to: columns, hanging: "    ", mark: " \\")
    }
    return TerminalText.folded(
      String(text), to: columns, indent: indent, hanging: indent.isEmpty ? "" : indent + "  ")
  }

  /// How the command is called: its options in brackets, and what must be given.
  private func usage(_ arguments: [CommandDescription.Argument], title: String) -> [String] {
    let named = arguments.filter {
      $0.kind != .positional && $0.shouldDisplay && $0.preferredName?.name != "help"
    }
    var pieces = [path.words]
    if named.contains(where: \.isOptional) { pieces.append("[<options>]") }
    pieces += named.filter { !$0.isOptional }.map(\.label)
    pieces += arguments.filter { $0.kind == .positional && $0.shouldDisplay }
      .map { $0.isOptional ? "[\($0.label)]" : $0.label }
    if !path.subcommands.isEmpty { pieces.append("<subcommand>") }
    return TerminalText.folded([title + pieces[0]] + pieces.dropFirst(), to: columns, hanging: "       ")
  }

  /// The lines behind an error: how the command is called, and where there is more.
  var reminder: String {
    let usage = usage(CommandDescription(of: path.command).arguments, title: "Usage: ")
    return (usage + ["  See '\(path.words) --help' for more information."]).joined(separator: "\n")
  }

  // MARK: Sections

  private struct Entry {
    var label: String
    var abstract: String
    /// Values that the abstract does not name, and the default.
    var remark = ""
    var discussion = ""
  }

  /// Arguments, groups of options in their order, other options, subcommands.
  private func sections(_ arguments: [CommandDescription.Argument]) -> [(String, [Entry])] {
    var positional: [Entry] = []
    var others: [Entry] = []
    var titles: [String] = []
    var titled: [String: [Entry]] = [:]
    var rest = arguments.filter(\.shouldDisplay)[...]
    while let argument = rest.popFirst() {
      var entry = entry(argument)
      if let opposite = rest.first, opposite.negates(argument) {
        entry.label += "/" + opposite.label
        rest.removeFirst()
      }
      if let title = argument.sectionTitle {
        if titled[title] == nil { titles.append(title) }
        titled[title, default: []].append(entry)
      } else if argument.kind == .positional {
        positional.append(entry)
      } else {
        others.append(entry)
      }
    }
    let commands = path.subcommands.filter { $0.configuration.shouldDisplay }.map {
      Entry(label: $0.names.joined(separator: ", "), abstract: $0.configuration.abstract)
    }
    return
      ([("Arguments", positional)] + titles.map { ($0, titled[$0] ?? []) }
      + [("Options", others), ("Subcommands", commands)]).filter { !$0.1.isEmpty }
  }

  private func entry(_ argument: CommandDescription.Argument) -> Entry {
    let isHelp = argument.preferredName?.name == "help"
    let abstract =
      isHelp ? "Explain the command in short (-h) or in full (--help)." : argument.abstract ?? ""
    let words = Set(abstract.split { !($0.isLetter || $0.isNumber || $0 == "-") })
    let values = argument.allValues ?? []
    var remarks: [String] = []
    if !values.allSatisfy({ words.contains(Substring($0)) }) {
      remarks.append("values: \(values.joined(separator: ", "))")
    }
    if let given = argument.defaultValue { remarks.append("default: \(given)") }
    return Entry(
      label: argument.label, abstract: abstract,
      remark: remarks.isEmpty ? "" : "(\(remarks.joined(separator: "; ")))",
      discussion: argument.discussion ?? "")
  }

  private static let labelColumns = 26

  /// Beside its label; below it where that is long, or the terminal narrow.
  private func lines(of entry: Entry) -> [String] {
    let label = "  " + entry.label
    let isNarrow = columns < 60
    let indent = String(repeating: " ", count: isNarrow ? 6 : Self.labelColumns)
    if isShort {
      let start = isNarrow ? indent : label.padding(to: Self.labelColumns - 1) + " "
      guard let text = summary(of: entry, columns: columns - TerminalText.columns(of: start)) else {
        return [label]
      }
      return isNarrow ? [label, start + text] : [start + text]
    }
    let description = [entry.abstract, entry.remark].filter { !$0.isEmpty }.joined(separator: " ")
    var lines = ([description] + entry.discussion.split(separator: "\n").map(String.init)).flatMap {
      TerminalText.folded($0, to: columns, indent: indent, hanging: indent)
    }
    if !isNarrow, TerminalText.columns(of: label) < Self.labelColumns, let first = lines.first {
      lines[0] = label.padding(to: Self.labelColumns) + first.dropFirst(indent.count)
    } else {
      lines.insert(label, at: 0)
    }
    return lines
  }

  /// One line: the first sentence, with the default if there is room, or the first clause of it.
  private func summary(of entry: Entry, columns: Int) -> String? {
    let sentence =
      entry.abstract.firstRange(of: ". ").map { entry.abstract[..<$0.lowerBound] }
      ?? (entry.abstract.hasSuffix(".") ? entry.abstract.dropLast() : entry.abstract[...])
    guard !sentence.isEmpty, columns > 8 else { return nil }
    func fits(_ text: some StringProtocol) -> Bool { TerminalText.columns(of: text) <= columns }
    if !entry.remark.isEmpty, fits("\(sentence) \(entry.remark)") { return "\(sentence) \(entry.remark)" }
    if fits(sentence) { return String(sentence) }
    let clauses = [" (", ": ", "; "].flatMap { sentence.ranges(of: $0) }.map { sentence[..<$0.lowerBound] }
    if let clause = clauses.filter({ $0.count > 15 && fits($0) }).max(by: { $0.count < $1.count }) {
      return String(clause)
    }
    let words = TerminalText.folded(String(sentence), to: columns - 2)
    return TerminalText.cut(words[0] + " …", to: columns)
  }
}

extension CommandDescription.Argument {
  /// Short names, the first long one, and the value: other names are aliases.
  fileprivate var label: String {
    let value = kind == .flag ? "" : "<\(valueName ?? "VALUE")>"
    let names =
      (names ?? []).filter { $0.kind == .short }
      + [preferredName].compactMap(\.self).filter { $0.kind != .short }
    let name = names.map(\.text).joined(separator: ", ")
    return [name, value].filter { !$0.isEmpty }.joined(separator: " ")
      + (isRepeating && kind != .flag ? " ..." : "")
  }

  /// Whether it is the `--no-open` of an `--open`.
  fileprivate func negates(_ other: Self) -> Bool {
    guard kind == .flag, other.kind == .flag, let name = preferredName?.name,
      let positive = other.preferredName?.name
    else { return false }
    return name == "no-\(positive)"
  }
}

extension String {
  fileprivate func padding(to columns: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, columns - TerminalText.columns(of: self)))
  }
}
