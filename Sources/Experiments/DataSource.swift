import Datasets

/// Which data an experiment uses and how they are read; part of its configuration.
public struct DataSource: Codable, Equatable, Sendable {
  /// A name of the catalogue, or a folder.
  public var name: String
  public var options: DatasetOptions

  public init(name: String, options: DatasetOptions = DatasetOptions()) {
    self.name = name
    self.options = options
  }

  public func load(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try progress(.stage("reading \(name)"))
    // Decoding cannot be stopped half-way; a wish to stop is heard at the next stage.
    return try Dataset.load(name, options: options) { done, total in
      try? progress(.step(done: done, total: total, unit: "images"))
    }
  }
}

extension DataRecord {
  init(_ dataset: Dataset) {
    self.init(
      name: dataset.name, checksum: dataset.checksum, trainingCount: dataset.training.count,
      heldOutCount: dataset.heldOut.count)
  }
}
