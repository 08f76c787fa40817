import ArgumentParser
import Commands
import Lab

package struct AttackListCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The attacks there are: what they look for, what they know, norms, paper.")

  @Option(
    help: "Only those that know this: gradients, scores, labels or nothing; black-box: scores or labels.")
  var knowledge: ListedKnowledge?

  @Flag(help: "As JSON.")
  var json = false

  package init() {}

  struct Entry: Encodable {
    package let method: String
    package let title: String
    let search: String
    package let knowledge: String
    package let norms: [String]
    package let paper: String

    package init(_ kind: AttackKind) {
      method = kind.rawValue
      title = kind.title
      search = kind.search == .budget ? "worst within epsilon" : "smallest perturbation"
      knowledge = kind.knowledge.rawValue
      norms = kind.norms.map(\.rawValue)
      paper = kind.paper
    }
  }

  package func run() throws {
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
