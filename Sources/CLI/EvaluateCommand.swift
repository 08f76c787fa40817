import ArgumentParser
import Foundation
import Intrigue

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure a network's accuracy on held-out images.",
    discussion: "Leaves classes.csv, figures/confusion.png and run.json.")

  @OptionGroup var model: ModelOptions
  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var output: OutputOption
  @OptionGroup var common: CommonOptions

  func run() throws {
    let folder = output.folder(default: "evaluate-\(URL(filePath: dataOptions.data).lastPathComponent)")
    let console = Console(common)
    let experiment = EvaluateExperiment(
      EvaluateExperiment.Configuration(
        model: model.source, data: try dataOptions.source()),
      workerCount: common.workerCount)
    let results = try console.run(resume: "Nothing is lost; run the command again.") {
      try experiment.run(in: folder, progress: $0)
    }
    let width = results.classes.map(\.name.count).max() ?? 0
    func percent(_ share: Double?) -> String {
      share.map { String(format: "%6.2f %%", 100 * $0) } ?? "       –"
    }
    func padded(_ name: String) -> String { name + String(repeating: " ", count: width - name.count) }
    let interval =
      results.accuracyInterval95.map {
        String(format: " (95 %% interval %.2f to %.2f %%)", 100 * $0[0], 100 * $0[1])
      } ?? ""
    try console.report(
      results,
      lines: [
        String(format: "accuracy %.2f %%", 100 * results.accuracy) + interval
          + ": \(results.correctCount) of \(results.imageCount) held-out images",
        "\(padded("class"))    images    recall  precision",
      ]
        + results.classes.map {
          "\(padded($0.name))  \(String(format: "%8d", $0.imageCount))  \(percent($0.recall))   \(percent($0.precision))"
        } + ["confusion matrix: \(folder.file("figures/confusion.png").relativePath)"])
  }
}
