import ArgumentParser
import Commands
import Datasets
import Foundation

package struct DatasetsCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "datasets", abstract: "List, download, verify and look at data sets.",
    discussion: """
      A set is looked for in a folder of its name inside the folders of INTRIGUE_DATASETS (separated by colons), \
      then datasets/, then /usr/share/datasets.
      """,
    subcommands: [List.self, Fetch.self, Verify.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the public data sets known by name and where they were found.")

    @Flag(help: "Print the list as JSON on standard output.")
    var json = false

    func run() throws {
      let search = DatasetSearch.standard()
      let sets = DatasetCatalogue.entries.map { ListedDataset($0, location: search.location(of: $0)) }
      try Console(quiet: false, json: json).report(sets, lines: sets.flatMap(\.lines))
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare the files of a public data set with what is published.",
      discussion: "A line per file; exit code 1 if any is missing or wrong.")

    @Argument(help: "The data set.")
    var name: CatalogueEntry

    @Flag(help: "Say nothing: the exit code tells.")
    var quiet = false

    @Flag(help: "Print the outcome as JSON on standard output.")
    var json = false

    func run() throws {
      let files = name.verify()
      try Console(quiet: quiet, json: json).report(
        files.map {
          VerifiedFile(
            name: $0.name, path: $0.file.path, isUsable: $0.status.isUsable, outcome: $0.sentence)
        },
        lines: files.map(\.sentence))
      guard files.allSatisfy(\.status.isUsable) else { throw ExitCode.failure }
    }
  }

  package init() {}
}

private struct ListedDataset: Encodable {
  var name: String
  var title: String
  var licence: String
  var homePage: String
  var classCount: Int
  var trainingCount: Int
  var heldOutCount: Int
  /// Nil: not found.
  var folder: String?
  /// Decoded images that stand in for the published files.
  var isStandIn: Bool

  init(_ entry: CatalogueEntry, location: DatasetLocation?) {
    name = entry.name
    title = entry.title
    licence = entry.licence
    homePage = entry.homePage
    classCount = entry.classNames.count
    trainingCount = entry.trainingCount
    heldOutCount = entry.heldOutCount
    folder = location?.folder.relativePath
    isStandIn = if case .decodedImages = location { true } else { false }
  }

  var lines: [String] {
    let counts = "\(trainingCount) training and \(heldOutCount) held-out images in \(classCount) classes"
    return [name, "  \(title)", "  \(counts); licence: \(licence)", "  \(place)"]
  }

  private var place: String {
    guard let folder else { return "not found; intrigue datasets fetch \(name) downloads it" }
    return isStandIn ? "not found; decoded images stand in for it: \(folder)" : "found in \(folder)"
  }
}

private struct VerifiedFile: Encodable {
  var name: String
  var path: String
  var isUsable: Bool
  var outcome: String
}

extension FileVerification.Status {
  /// Nothing speaks against the file. One that cannot be compared is usable.
  fileprivate var isUsable: Bool {
    switch self {
    case .ok, .unchecked: true
    case .missing, .wrongChecksum, .unreadable: false
    }
  }
}

extension CatalogueEntry: ExpressibleByArgument {
  public init?(argument: String) {
    guard let entry = DatasetCatalogue.entry(named: argument) else { return nil }
    self = entry
  }

  public static var allValueStrings: [String] { DatasetCatalogue.entries.map(\.name) }
}
