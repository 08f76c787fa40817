import ArgumentParser
import Commands
import Foundation
import Lab

package struct MergeCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the parts of a ranking that rank --shard left.",
    discussion: """
      Leaves what intrigue rank leaves for all images, with the same bytes: images.npy, scores.npy, directions.csv, \
      ranking.json, and its own run.json. The parts may have been made on any machine with the same engine (see \
      rank --instruction-set) and are given in any order; each image must be in exactly one of them.
      """)

  @Argument(help: "Folders of the parts.")
  var folders: [String]

  @Option(name: [.customShort("o"), .customLong("output")], help: "Folder for the results.")
  var output = "output/merge"

  @Flag(help: "Say nothing but errors and, with --json, results.")
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
    try console.report(results, lines: results.lines(in: folder))
  }
}
