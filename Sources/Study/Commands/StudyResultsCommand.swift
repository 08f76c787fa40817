import ArgumentParser
import Commands
import Foundation
import Lab

struct StudyResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "What the answers of a study say.",
    discussion: """
      Says whether people tell the images of neurons better than those of random directions, with intervals over \
      participants, whose answers do not count and why, and how sheets were rated.

      Leaves results.csv, participants.csv, answers.csv, study.tex, figures/ and run.json beside the study. May be asked \
      while people still answer.
      """)

  @Argument(help: "Folder of the study.")
  var study: String

  @Flag(help: "Say nothing but errors and, with --json, results.")
  var quiet = false

  @Flag(help: "Print the results as JSON on standard output.")
  var json = false

  func run() throws {
    let report = StudyReport(try StudyFiles(URL(filePath: study)))
    let console = Console(quiet: quiet, json: json)
    let results = try console.run(resume: "Run the same command again.") { try report.write(progress: $0) }
    try console.report(
      results,
      lines: results.lines + [""] + results.files.map { report.files.folder.file($0).relativePath })
  }
}
