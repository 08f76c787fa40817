import ArgumentParser
import Attacks
import Commands
import Lab

package struct AttackListCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the attacks: goal, access, norms and paper.",
    discussion: "Example: intrigue attack list --knowledge black-box")

  @Option(
    help: ArgumentHelp(
      "Only attacks with this access to the network: white-box, score-based, decision-based or none; black-box: "
        + "score-based or decision-based.", valueName: "ACCESS"))
  var knowledge: ListedAccess?

  @Flag(help: "Print as JSON.")
  var json = false

  package init() {}

  private struct Entry: Encodable {
    let method: String
    let title: String
    let goal: String
    let access: String
    let norms: [String]
    let paper: String

    init(_ card: AttackCard) {
      method = card.name
      title = card.heading
      goal = card.goalWords
      access = card.access.words
      norms = card.norms.map(\.rawValue)
      paper = card.paper.text
    }
  }

  package func run() throws {
    let entries = AttackCard.all.filter { knowledge?.includes($0) ?? true }.map(Entry.init)
    if json {
      try Console.printJSON(entries)
      return
    }
    let heading = ["method", "goal", "access", "norms", "name and paper"]
    let rows = entries.map {
      [$0.method, $0.goal, $0.access, $0.norms.joined(separator: " "), "\($0.title). \($0.paper)"]
    }
    try Output.result(TextTable.lines([heading] + rows, textColumns: Set(heading.indices)))
  }
}

/// An access to the network, in its words or as earlier versions called it: gradients, scores, labels, nothing.
enum ListedAccess: ExpressibleByArgument {
  case one(AttackCard.Access)
  case blackBox

  init?(argument: String) {
    if argument == "black-box" {
      self = .blackBox
    } else if let access = AttackCard.Access.allCases.first(where: {
      [$0.words, $0.rawValue].contains(argument)
    }) {
      self = .one(access)
    } else {
      return nil
    }
  }

  static var allValueStrings: [String] { AttackCard.Access.allCases.map(\.words) + ["black-box"] }

  func includes(_ card: AttackCard) -> Bool {
    switch self {
    case .one(let access): card.access == access
    case .blackBox: card.access.isBlackBox
    }
  }
}
