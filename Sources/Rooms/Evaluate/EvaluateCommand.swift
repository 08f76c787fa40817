import ArgumentParser
import Commands
import Foundation

package struct EvaluateCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a network's accuracy on held-out images.",
    discussion:
      "Leaves classes.csv, figures/confusion.png (of more than 100 classes confused-pairs.png) and run.json.")

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: ShownDataOptions
  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  package init() {}

  package func run() throws {
    let data = try dataOptions.source(for: model.source)
    let folder = output.folder(default: "evaluate-\(data.shortName)")
    let console = Console(common)
    let experiment = EvaluateExperiment(
      EvaluateExperiment.Configuration(
        model: model.source, data: data),
      workerCount: common.workerCount)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    let figures = [
      ("confusion matrix", "figures/confusion.png"),
      ("pairs that are confused most", "figures/confused-pairs.png"),
    ]
    try console.report(
      results,
      lines: results.lines
        + figures.filter { folder.exists($0.1) }.map { "\($0.0): \(folder.file($0.1).relativePath)" })
  }
}
