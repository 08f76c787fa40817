import ArgumentParser
import Foundation

/// What ArgumentParser knows of a command's arguments: what help needs of its `ToolInfo`, which it does not export as a
/// type.
struct CommandDescription: Decodable {
  var arguments: [Argument]

  struct Argument: Decodable {
    enum Kind: String, Decodable { case positional, option, flag }

    struct Name: Decodable {
      enum Kind: String, Decodable { case long, short, longWithSingleDash }

      var kind: Kind
      var name: String

      var text: String { (kind == .long ? "--" : "-") + name }
    }

    var kind: Kind
    var shouldDisplay: Bool
    var sectionTitle: String?
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var preferredName: Name?
    var valueName: String?
    var defaultValue: String?
    var allValues: [String]?
    var abstract: String?
    var discussion: String?
  }

  private enum CodingKeys: CodingKey { case arguments }

  init(of command: ParsableCommand.Type) {
    guard let known = try? JSONDecoder().decode(Self.Document.self, from: Data(command._dumpHelp().utf8))
    else {
      preconditionFailure(
        "the description of \(command._commandName) has another form than that of ArgumentParser 1.8")
    }
    self = known.command
  }

  init(from decoder: any Decoder) throws {
    arguments =
      try decoder.container(keyedBy: CodingKeys.self)
      .decodeIfPresent([Argument].self, forKey: .arguments) ?? []
  }

  private struct Document: Decodable { var command: CommandDescription }
}
