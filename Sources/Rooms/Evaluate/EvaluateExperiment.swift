import Datasets
import Lab
import Networks
import Storage
import Tensors

/// Measures the accuracy of a model on held-out images, overall and by class, and which classes it confuses.
public struct EvaluateExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var model: ModelSource
    var data: DataSource
  }

  public struct Results: Codable, Sendable {
    struct Class: Codable, Sendable {
      var name: String
      var imageCount: Int
      var correctCount: Int
      /// Fraction of the images of the class that are predicted as it; nil without images.
      var recall: Double?
      /// Fraction of the images predicted as the class that belong to it; nil if it is never predicted.
      var precision: Double?
    }

    var modelChecksum: String
    var imageCount: Int
    var correctCount: Int
    var accuracy: Double
    /// Wilson's interval; nil without images.
    var accuracyInterval95: [Double]?
    /// Mean cross-entropy, natural logarithm.
    var loss: Double
    var classes: [Class]
    /// `[true class][predicted class]`, counts.
    var confusion: [[Int]]
  }

  public let configuration: Configuration
  public let workerCount: Int

  init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  public static let name = "evaluate"
  public static let keepsEarlier = true

  public struct Material: Sendable {
    let model: Model
    let dataset: Dataset
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<EvaluateExperiment> {
    let (model, dataset) = (given.models[0], given.dataset)
    var configuration = configuration
    configuration.data = given.data
    return Prepared(
      material: Material(model: model, dataset: dataset), configuration: configuration, dataset: dataset,
      remarks: model.remarks(on: dataset))
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Void) {
    let images = material.dataset.heldOut
    try run.progress(.stage("classifying \(images.count) held-out images"))
    return (try configuration.model.naming { try judge(material.model, on: images) }, ())
  }

  public func exhibits(_ results: Results, _: Void, _ material: Material) throws -> Exhibits {
    EvaluateExhibits(
      results: results, modelName: material.model.network.graph.architecture.name,
      data: DataRecord(material.dataset)
    ).exhibits
  }

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
