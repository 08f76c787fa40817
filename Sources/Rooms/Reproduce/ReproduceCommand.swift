import ArgumentParser
import Commands
import Foundation
import Lab

package struct ReproduceCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract:
      "Measure the papers' tables again, each number beside the printed one; ask the lecture's questions.",
    discussion: """
      Trains the papers' networks as they did, as far as they say how, and attacks them in their way. The lecture's \
      questions are asked by the commands that are made for them, over several networks.

      Tables:
      \(PaperTable.allCases.map { "  \($0.rawValue): \($0.title). \($0.source)" }.joined(separator: "\n"))
        all: all of them

      Networks are trained once and kept in the folder for all tables. Leaves reproduction.md, .csv and .tex, figures, \
      networks/, experiments/, tables/ and run.json. After Ctrl-C the same command goes on.
      """)

  @Argument(help: "Names of tables, or all.")
  var tables: [String]

  @Option(help: "A data set's name (mnist, fashion-mnist, …) or a folder. The papers' numbers are of mnist.")
  var data = "mnist"

  @OptionGroup var reading: ReadingOptions

  @Flag(help: "All tables in seven minutes: shorter training, fewer images; errors are then higher.")
  var quick = false

  @Flag(help: "Discard the networks and tables that an earlier run left in the folder.")
  var fresh = false

  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func validate() throws {
    try DataOptions.check(data)
    _ = try parsedTables()
  }

  private func parsedTables() throws -> [PaperTable] {
    if tables == ["all"] { return PaperTable.allCases }
    return try tables.map { name in
      guard let table = PaperTable(rawValue: name) else {
        throw ValidationError(
          "no table is called \"\(name)\"; there are \(PaperTable.allCases.map(\.rawValue).joined(separator: ", ")), "
            + "or all alone")
      }
      return table
    }
  }

  package func run() throws {
    let name = URL(filePath: data).lastPathComponent
    let folder = output.folder(default: "reproduce-\(name)" + (quick ? "-quick" : ""))
    let console = Console(common)
    let wanted = try parsedTables()
    let experiment = ReproductionExperiment(
      ReproductionExperiment.Configuration(
        data: DataSource(name: data, options: try reading.options()), tables: wanted,
        scale: quick ? .quick : .full, seed: common.seed),
      workerCount: common.workerCount, startsFresh: fresh)
    let results = try console.run(resume: "The same command, without --fresh, goes on.") {
      try experiment.run(in: folder, progress: $0)
    }
    let asked = results.reproductions.filter { wanted.contains($0.table) }
    try console.report(
      results,
      lines: asked.flatMap { $0.terminalLines + [""] } + [
        "Ours, and the paper's in brackets.",
        "read       \(folder.file("reproduction.md").relativePath)",
        "look at    \(folder.file("figures").relativePath)/",
      ])
  }
}
