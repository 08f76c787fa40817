import Datasets
import Foundation

/// Which data an experiment uses and how they are read; part of its configuration.
public struct DataSource: Codable, Equatable, Sendable {
  /// A name of the catalogue, or a folder.
  public var name: String
  public var options: DatasetOptions
  /// The labels of images that are one .npy file, `name`; nil: a data set.
  public var labels: String?
  /// Whether a network may be shown held-out images that it was trained on; nil: no.
  public var trainedImagesToo: Bool?
  /// Which of `options` nobody gave: a network that was trained on images says how it wants them. None of those that
  /// stand in a record.
  public var open: Set<DatasetOptions.Setting> = []

  private enum CodingKeys: String, CodingKey { case name, options, labels, trainedImagesToo }

  /// Images and labels in two .npy files, all held out.
  public init(images: String, labels: String, options: DatasetOptions = DatasetOptions()) {
    name = images
    self.options = options
    self.labels = labels
  }

  public init(name: String, options: DatasetOptions = DatasetOptions()) {
    self.name = name
    self.options = options
  }

  /// The last part of the name, for folders of results.
  public var shortName: String { URL(filePath: name).lastPathComponent }

  /// - Parameter classNames: Of two files without a list of their own, from the model that they are shown to.
  public func load(
    classNames: [String]? = nil, _ progress: @escaping ProgressHandler
  ) throws -> Dataset {
    try progress(.stage("reading \(name)"))
    let dataset = try read(classNames: classNames, progress)
    for remark in dataset.remarks { try progress(.warning("\(dataset.name): \(remark.sentence)")) }
    return dataset
  }

  private func read(classNames: [String]?, _ progress: @escaping ProgressHandler) throws -> Dataset {
    if let labels {
      return try ArrayPair.load(
        images: URL(filePath: name), labels: URL(filePath: labels), classNames: classNames, options: options)
    }
    // Decoding cannot be stopped half-way; a wish to stop is heard at the next stage.
    return try Dataset.load(name, options: options) { done, total in
      try? progress(.step(done: done, total: total, unit: "images"))
    }
  }
}

extension DataRecord {
  package init(_ dataset: Dataset) {
    self.init(
      name: dataset.name, checksum: dataset.checksum, trainingCount: dataset.training.count,
      heldOutCount: dataset.heldOut.count, remarks: dataset.remarks.isEmpty ? nil : dataset.remarks)
  }
}
