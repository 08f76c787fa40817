import ArgumentParser
import Commands
import Foundation
import Lab

package struct ReportCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Combine runs into one web page, and optionally a LaTeX article.",
    discussion: """
      Example: intrigue report output/demo output/pgd --latex

      Reads run folders and writes a folder with index.html, which needs no network, server or scripts. Runs appear in \
      the given order.
      """)

  @Argument(
    help: ArgumentHelp("Run folders, such as output/demo.", valueName: "FOLDER"), completion: .directory)
  var runs: [String]

  @OptionGroup(title: "Page") var page: Page
  @OptionGroup(title: "Output") var output: OutputOption
  @OptionGroup(title: "General") var general: General

  struct Page: ParsableArguments {
    @Option(help: ArgumentHelp("Title of the page.", valueName: "TEXT"))
    var title = "Intriguing properties of neural networks"

    @Flag(help: "Embed the pictures in the page itself, up to \(Report.singleFileLimit >> 20) MB.")
    var singleFile = false

    @Flag(help: "Also write a LaTeX article with all figures as PDF and all tables: latex/writeup.tex.")
    var latex = false
  }

  struct General: ParsableArguments {
    @Flag(help: "Print only errors.")
    var quiet = false
  }

  package init() {}

  package func run() throws {
    let folder = output.folder(default: "report")
    let report = try Report(title: page.title, of: runs.map { URL(filePath: $0) })
    let files = try report.files(isSingleFile: page.singleFile, hasArticle: page.latex)
    let size = Double(try files.size) / 1e6
    if !general.quiet {
      Output.remark("writing \(String(format: "%.1f", size)) MB")
    }
    try Console(quiet: general.quiet, json: false).run(resume: "Run the same command again.") {
      try files.write(to: folder.url, $0)
    }
    if !general.quiet {
      try Output.result(
        ["open       \(folder.file("index.html").relativePath)"]
          + (page.latex ? ["article    \(folder.file("latex/writeup.tex").relativePath)"] : []))
    }
  }
}
