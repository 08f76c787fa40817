import ArgumentParser
import Commands
import Foundation
import Lab

struct StudyResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results", abstract: "Analyse the answers of a study.",
    discussion: """
      Reports whether participants are more accurate on neurons than on random directions, with intervals over \
      participants, who was excluded and why, and how sheets were rated.

      Writes results.csv, directions.csv, participants.csv, answers.csv, undone.csv, study.tex, figures/ and run.json to \
      the study's folder. Can be run while the study is being served.
      """)

  @Argument(help: "Study folder.")
  var study: String

  @Flag(help: "Print only errors and, with --json, results.")
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
