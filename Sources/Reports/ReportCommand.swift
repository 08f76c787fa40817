import ArgumentParser
import Commands
import Foundation
import Lab

package struct ReportCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "report", abstract: "One page about several runs, which opens anywhere.",
    discussion: """
      Reads run folders and writes a folder with index.html, which needs no network, server or script. Runs come in the \
      order in which they are given.
      """)

  @Argument(help: "Run folders, such as output/demo.")
  var runs: [String]

  @Option(help: "Title of the page.")
  var title = "Intriguing properties of neural networks"

  @Flag(help: "Put the pictures into the page itself, up to \(Report.singleFileLimit >> 20) MB.")
  var singleFile = false

  @Flag(help: "Also an article for LaTeX, with all figures as PDF and all tables: latex/writeup.tex.")
  var latex = false

  @OptionGroup var output: OutputOption

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  package init() {}

  package func run() throws {
    let folder = output.folder(default: "report")
    let report = try Report(title: title, of: runs.map { URL(filePath: $0) })
    let files = try report.files(isSingleFile: singleFile, hasArticle: latex)
    let size = Double(try files.size) / 1e6
    if !quiet {
      Output.remark("writing \(String(format: "%.1f", size)) MB")
    }
    try Console(quiet: quiet, json: false).run(resume: "Run the same command again.") {
      try files.write(to: folder.url, $0)
    }
    if !quiet {
      try Output.result(
        ["open       \(folder.file("index.html").relativePath)"]
          + (latex ? ["article    \(folder.file("latex/writeup.tex").relativePath)"] : []))
    }
  }
}
