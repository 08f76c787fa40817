import ArgumentParser
import Commands
import Lab
import Networks

public struct EvaluateOptions: ExperimentOptions {
  public static let command = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure the accuracy of a network on held-out images.",
    discussion: """
      Example: intrigue evaluate output/mlp/model.safetensors --data fashion-mnist

      Reports accuracy, recall and precision of each class, and a confusion matrix; of more than \
      \(EvaluateExhibits.largestMatrix) classes, the most frequent confusions.

      Leaves figures/, classes.csv and run.json.
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var dataOptions: ShownDataOptions
  @OptionGroup(title: "Output") public var output: OutputOption
  @OptionGroup(title: "General") public var common: CommonOptions

  public init() {}

  private var data: DataSource { get throws { try dataOptions.source(for: model.source) } }

  public var folderName: String { get throws { "evaluate-\(try data.shortName)" } }

  public func experiment() throws -> EvaluateExperiment {
    EvaluateExperiment(
      EvaluateExperiment.Configuration(model: model.source, data: try data),
      workerCount: common.workerCount)
  }
}
