import ArgumentParser
import Commands
import Foundation
import Lab
import Networks
import Reports

public struct DemoOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "demo",
    abstract: "Run the whole pipeline: train, rank by neurons and by random directions, draw, attack.",
    discussion: """
      Example: intrigue demo

      Takes about a minute on two cores. If interrupted, rerun the same command to resume.
      """)

  public static let resume = Resume.sameUnlessFresh

  @OptionGroup(title: "Data and model") var subject: Subject
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  struct Subject: ParsableArguments {
    @Option(
      help: ArgumentHelp("\(DataOptions.words).", valueName: "NAME|FOLDER"),
      completion: DataOptions.completion)
    var data = "fashion-mnist"

    @Option(help: ArgumentHelp("Name of an architecture.", valueName: "NAME"))
    var architecture: Architecture.Named = .lenet

    @Option(help: ArgumentHelp("Epochs of training. Default: 3.", valueName: "N"))
    var epochs: Int?

    @Flag(help: "Discard the results of an earlier run in the output folder.")
    var fresh = false

    func validate() throws {
      try DataOptions.check(data)
      try requireEpochs("--epochs", epochs)
    }
  }

  public init() {}

  public var folderName: String { "demo" }

  public func experiment() throws -> DemoExperiment {
    DemoExperiment(
      DemoExperiment.Configuration(
        data: DataSource(name: subject.data), architecture: subject.architecture,
        epochCount: subject.epochs, seed: common.seed),
      workerCount: common.workerCount, startsFresh: subject.fresh)
  }

  /// Writes the report.
  public func afterwards(in folder: RunFolder, _ progress: @escaping ProgressHandler) throws {
    try Report(
      title: "\(subject.architecture.rawValue) on \(URL(filePath: subject.data).lastPathComponent)",
      of: [folder.url]
    ).files().write(to: folder.file("report"), progress)
  }
}

extension Architecture.Named: ExpressibleByArgument {}
