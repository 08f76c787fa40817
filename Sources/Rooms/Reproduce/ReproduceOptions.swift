import ArgumentParser
import Commands
import Foundation
import Lab

public struct ReproduceOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "reproduce",
    abstract:
      "Reproduce the papers' tables, each number beside the printed one, and answer the lecture's questions.",
    discussion: """
      Example: intrigue reproduce szegedy-table1 --quick

      Trains the papers' networks as they did, as far as the papers say how, and attacks them in their way. The lecture's \
      questions are answered by the commands made for them, over several networks.

      Tables:
      \(PaperTable.allCases.map { "  \($0.rawValue): \($0.title). \($0.source)" }.joined(separator: "\n"))
        all: all of them

      Networks are trained once and kept in the folder for all tables. Leaves reproduction.md, .csv and .tex, figures, \
      networks/, experiments/, tables/ and run.json. If interrupted, rerun the same command to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Reproduction") var subject: Subject
  @OptionGroup(title: "Data") var data: Data
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Subject: ParsableArguments {
    @Argument(help: ArgumentHelp("Names of tables, or all.", valueName: "TABLE"))
    var tables: [String]

    @Flag(help: "Shorter training and fewer images: all tables in seven minutes, with larger errors.")
    var quick = false

    @Flag(help: "Discard networks and tables of an earlier run in the output folder.")
    var fresh = false

    func validate() throws { _ = try parsedTables() }

    /// In the order of the papers, each once.
    func parsedTables() throws -> [PaperTable] {
      if tables == ["all"] { return PaperTable.allCases }
      let asked = try tables.map { name in
        guard let table = PaperTable(rawValue: name) else {
          throw ValidationError(
            "no table is called \"\(name)\"; there are \(PaperTable.allCases.map(\.rawValue).joined(separator: ", ")), "
              + "or all alone")
        }
        return table
      }
      return PaperTable.allCases.filter(asked.contains)
    }
  }

  struct Data: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Name of a data set (mnist, fashion-mnist, …), or a folder. The papers' numbers are for mnist.",
        valueName: "NAME|FOLDER"), completion: DataOptions.completion)
    var data = "mnist"

    @OptionGroup var reading: ReadingOptions

    func validate() throws { try DataOptions.check(data) }
  }

  public init() {}

  public var folderName: String {
    "reproduce-\(URL(filePath: data.data).lastPathComponent)" + (subject.quick ? "-quick" : "")
  }

  public func experiment() throws -> ReproductionExperiment {
    ReproductionExperiment(
      ReproductionExperiment.Configuration(
        data: DataSource(name: data.data, options: try data.reading.options()),
        tables: try subject.parsedTables(), scale: subject.quick ? .quick : .full, seed: common.seed),
      workerCount: common.workerCount, startsFresh: subject.fresh)
  }
}
