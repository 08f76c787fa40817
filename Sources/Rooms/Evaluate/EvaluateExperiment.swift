import Datasets
import Figures
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Accuracy of a model on held-out images, in all and per class, and what is taken for what.
public struct EvaluateExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource

    public init(model: ModelSource, data: DataSource) {
      self.model = model
      self.data = data
    }
  }

  public struct Results: Codable, Sendable {
    public struct Class: Codable, Sendable {
      public var name: String
      public var imageCount: Int
      public var correctCount: Int
      /// Share of the class's images that are recognised (recall); nil without images.
      public var recall: Double?
      /// Share of the predictions of this class that are right; nil where it is never predicted.
      public var precision: Double?
    }

    public var modelChecksum: String
    public var imageCount: Int
    public var correctCount: Int
    public var accuracy: Double
    /// Wilson's interval; nil without images.
    public var accuracyInterval95: [Double]?
    /// Mean cross-entropy, natural logarithm.
    public var loss: Double
    public var classes: [Class]
    /// `[true class][predicted class]`, counts.
    public var confusion: [[Int]]
  }

  public let configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let given = try GivenModels([configuration.model], shown: configuration.data, progress)
    let (model, dataset) = (given.models[0], given.dataset)
    var configuration = configuration
    configuration.data = given.data
    let record = RunRecord<Configuration, Results>(
      experiment: "evaluate", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(
      record, on: dataset, in: folder, remarks: model.remarks(on: dataset), keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)
    try progress(.stage("classifying \(dataset.heldOut.count) held-out images"))
    let results = try configuration.model.naming { try judge(model, on: dataset.heldOut) }

    try run.measured(results)
    try Self.table(results).write(to: folder.file("classes.csv"))
    let figures = try folder.folder("figures")
    // Of more classes a matrix cannot be read.
    let hasMatrix = results.classes.count <= 100
    let modelName = model.network.graph.architecture.name
    let chart =
      hasMatrix
      ? Chart.confusionMatrix(
        title: "\(modelName) on \(dataset.name), held-out images", classNames: dataset.heldOut.classNames,
        counts: results.confusion)
      : results.pairsChart(of: modelName, DataRecord(dataset))
    let name = hasMatrix ? Self.matrixName : Self.pairsName
    for other in [Self.matrixName, Self.pairsName] where other != name || chart == nil {
      try figures.removeChart(other)
    }
    try chart?.write(named: name, in: figures.url)
    try run.complete(with: results)
    return results
  }

  private static let matrixName = "confusion"
  private static let pairsName = "confused-pairs"

  private func judge(_ model: Model, on images: LabelledImages) throws -> Results {
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let logits = try engine.logits(of: images)
    let predictions = Prediction.rows(of: logits).map(\.label)
    let classCount = images.classNames.count
    var confusion = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
    for (label, prediction) in zip(images.labels, predictions) { confusion[label][prediction] += 1 }
    let classes = (0..<classCount).map { index in
      let count = confusion[index].reduce(0, +)
      let predicted = confusion.map { $0[index] }.reduce(0, +)
      return Results.Class(
        name: images.classNames[index], imageCount: count, correctCount: confusion[index][index],
        recall: Proportion(confusion[index][index], of: count).value,
        precision: Proportion(confusion[index][index], of: predicted).value)
    }
    let correct = Proportion(classes.map(\.correctCount).reduce(0, +), of: images.count)
    return Results(
      modelChecksum: try model.checksum, imageCount: images.count, correctCount: correct.count,
      accuracy: Double(correct.count) / Double(images.count),
      accuracyInterval95: correct.interval95.map { [$0.lowerBound, $0.upperBound] },
      loss: CrossEntropy.meanLoss(of: logits, labels: images.labels), classes: classes, confusion: confusion)
  }

  package static func table(_ results: Results) -> CSVWriter {
    func text(_ share: Double?) -> String { share.map { String(format: "%.4f", $0) } ?? "" }
    var table = CSVWriter(columns: ["class", "images", "correct", "recall", "precision"])
    for item in results.classes {
      table.append([
        item.name, item.imageCount, item.correctCount, text(item.recall), text(item.precision),
      ])
    }
    return table
  }
}

extension EvaluateExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requirePart(correctCount, of: imageCount, "correctCount")
    try requireShare(accuracy, "accuracy")
    try requireEnds(accuracyInterval95, "accuracyInterval95")
    for row in [classes.count] + confusion.map(\.count) {
      try requireCount(row, confusion.count, "confusion")
    }
  }
}
