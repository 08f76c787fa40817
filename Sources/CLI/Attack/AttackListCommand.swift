import ArgumentParser
import Intrigue

struct AttackListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The attacks there are: what they look for, what they know, norms, paper.")

  @Option(
    help: "Only those that know this: gradients, scores, labels or nothing; black-box: scores or labels.")
  var knowledge: ListedKnowledge?

  @Flag(help: "As JSON.")
  var json = false

  struct Entry: Encodable {
    let method: String
    let title: String
    let search: String
    let knowledge: String
    let norms: [String]
    let paper: String

    init(_ kind: AttackKind) {
      method = kind.rawValue
      title = kind.title
      search = kind.search == .budget ? "worst within epsilon" : "smallest perturbation"
      knowledge = kind.knowledge.rawValue
      norms = kind.norms.map(\.rawValue)
      paper = kind.paper
    }
  }

  func run() throws {
    let entries = AttackKind.allCases.filter { knowledge?.includes($0) ?? true }.map(Entry.init)
    if json {
      try Console.printJSON(entries)
      return
    }
    let heading = ["method", "looks for", "knows", "norms", "name and paper"]
    let rows = entries.map {
      [$0.method, $0.search, $0.knowledge, $0.norms.joined(separator: " "), "\($0.title). \($0.paper)"]
    }
    try Output.result(TextTable.lines([heading] + rows, textColumns: Set(heading.indices)))
  }
}

enum ListedKnowledge: String, ExpressibleByArgument, CaseIterable {
  case gradients, scores, labels, nothing
  case blackBox = "black-box"

  func includes(_ kind: AttackKind) -> Bool {
    self == .blackBox ? kind.knowledge.isBlackBox : kind.knowledge.rawValue == rawValue
  }
}
