import ArgumentParser
import Commands
import Foundation
import Lab

package struct MergeCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the parts of a ranking made by rank --shard.",
    discussion: """
      Example: intrigue merge output/rank-mnist-shard-1-of-2 output/rank-mnist-shard-2-of-2

      Leaves what intrigue rank leaves for all images, byte for byte: images.npy, scores.npy, directions.csv, \
      ranking.json, and its own run.json. The parts may come from any machine with the same engine (see \
      rank --instruction-set), in any order; each image must be in exactly one of them.
      """)

  @Argument(help: ArgumentHelp("Folders of the parts.", valueName: "FOLDER"), completion: .directory)
  var folders: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Folder for the results.", valueName: "FOLDER"), completion: .directory)
  var output = "output/merge"

  @Flag(help: "Print only errors and, with --json, results.")
  var quiet = false

  @Flag(help: "Print the results as JSON on standard output.")
  var json = false

  package init() {}

  package func validate() throws { try OutputOption.check(output) }

  package func run() throws {
    let folder = RunFolder(URL(filePath: output))
    let console = Console(quiet: quiet, json: json)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try MergeExperiment(.init(folders: folders)).run(in: folder, progress: $0)
    }
    try console.report(results, in: folder)
  }
}
