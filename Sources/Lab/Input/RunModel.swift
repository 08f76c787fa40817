import Adversarial
import Datasets
import Directions
import Foundation
import Networks
import Storage
import Tensors

/// The network of an earlier run with the held-out images that it was shown, ready to be asked.
///
/// A run of `train` or `demo` has its network in its folder; one of `gallery`, `rank`, `attack` and other experiments
/// with one network names it, and the layer it read, in its record.
public struct RunModel: Sendable {
  /// Of the run's folder.
  public let name: String
  public let folder: URL
  public let experiment: String
  public let model: Model
  /// See `Model.checksum`.
  public let modelChecksum: String
  public let dataName: String
  /// See `Dataset.checksum`.
  public let dataChecksum: String
  /// Held out.
  public let images: LabelledImages
  public let engine: Engine
  /// Position in the network's graph; nil for the pixels.
  public let layer: Int?
  public let space: FeatureSpace
  /// Of all images, in memory.
  public let features: FeatureMatrix
  public let labels: ClassLabels
  /// Of all images.
  public let predictions: [Prediction]
  /// What a user should know; no error.
  public let remarks: [String]

  /// Reads the record, the data and the network, and computes the features, or takes them from the cache.
  ///
  /// - Parameter output: Where something is made from the run, if anything is.
  /// - Throws: ``FileError`` where the folder holds no finished run of one network, network and data do not fit, or
  ///   `output` lies among the images; what the engine throws.
  public init(
    of folder: URL, workerCount: Int, cache: FeatureCache?, for output: RunFolder? = nil,
    progress: @escaping ProgressHandler
  ) throws {
    let run = RunFolder(folder)
    guard run.exists(run.recordName) else {
      throw FileError(file: folder, problem: "is no run folder: it has no \(run.recordName)")
    }
    let head = try JSONFile.read(RecordHead.self, from: run.file(run.recordName))
    let experiment = head.experiment
    guard let record = ModelRecord(in: run), let source = record.source(in: run), let data = record.data
    else {
      throw FileError(
        file: folder,
        problem:
          "holds a run of \(experiment), whose record does not name one network with its data; expected a run "
          + "of train, demo, gallery, rank or attack")
    }
    guard head.complete == true else {
      throw FileError(
        file: folder,
        problem: "holds a run of \(experiment) that was not finished; give its command again")
    }
    let given = try GivenModels([source], shown: data, progress)
    let (model, dataset) = (given.models[0], given.dataset)
    try output?.check(isNot: dataset)
    var remarks = model.remarks(on: dataset)
    if let known = head.data, known.checksum != dataset.checksum {
      remarks.append("the data are not those of the run: their checksum is another")
    }
    let checksum = try model.checksum
    if let known = record.results?.modelChecksum, known != checksum {
      remarks.append("the network is not that of the run: its checksum is another")
    }
    for remark in remarks { try progress(.warning(remark)) }

    let graph = model.network.graph
    let layer = try source.naming {
      try graph.featurePosition(record.configuration.layer, activation: record.configuration.activation)
    }
    let space = FeatureSpace(of: graph, at: layer, pooling: record.configuration.pooling ?? .mean)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let images = dataset.heldOut
    let labels = images.classLabels
    func values(_ position: Int?, _ space: FeatureSpace) throws -> Tensor {
      let key = FeatureCache.Key(
        modelChecksum: checksum, dataChecksum: dataset.checksum, split: .heldOut, layer: space.layer,
        pooling: space.pooling)
      return try engine.features(of: images, layer: position, key: key, cache: cache, progress: progress)
    }
    (features, predictions) = try source.naming {
      let output = graph.nodes.count - 1
      let logits = try values(output, FeatureSpace(of: graph, at: output, pooling: .none))
      let features = try FeatureMatrix(
        values: layer == output ? logits : try values(layer, space), labels: labels, layer: space.layer)
      return (features, Prediction.rows(of: logits))
    }
    name = folder.standardizedFileURL.lastPathComponent
    self.folder = folder
    self.experiment = experiment
    self.model = model
    modelChecksum = checksum
    dataName = dataset.name
    dataChecksum = dataset.checksum
    self.images = images
    self.engine = engine
    self.layer = layer
    self.space = space
    self.labels = labels
    self.remarks = remarks
  }
}
