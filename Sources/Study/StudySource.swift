import Datasets
import Directions
import Experiments
import Foundation
import Networks
import Storage

/// What a study takes from a run folder: a trained network, its data, and the layer that was looked at.
///
/// Folders of train and demo hold the model and name the data; that of a gallery names both, and its layer.
struct StudySource: Equatable {
  var name: String
  var model: ModelSource
  var data: DataSource
  var layer: String?
  var pooling: MapPooling
  var activation: ActivationReading?

  private struct Kind: Codable {
    let experiment: String
    let complete: Bool
  }

  private struct Record<Configuration: Codable>: Codable {
    let configuration: Configuration
  }

  /// - Throws: ``FileError`` where the folder is no finished run of these kinds.
  init(of folder: URL) throws {
    let run = RunFolder(folder)
    let file = run.file(run.recordName)
    guard run.exists(run.recordName) else {
      throw FileError(file: folder, problem: "is no run folder: it has no \(run.recordName)")
    }
    let kind = try JSONFile.read(Kind.self, from: file)
    guard kind.complete else {
      throw FileError(
        file: folder,
        problem: "holds a run of \(kind.experiment) that was not finished; give its command again")
    }
    func configuration<Configuration: Codable>(_ type: Configuration.Type) throws -> Configuration {
      try JSONFile.read(Record<Configuration>.self, from: file).configuration
    }
    name = folder.standardizedFileURL.lastPathComponent
    pooling = .mean
    switch kind.experiment {
    case "train":
      data = try configuration(TrainExperiment.Configuration.self).data
      model = .model(path: run.file(TrainExperiment.modelName).relativePath)
    case "demo":
      data = try configuration(DemoExperiment.Configuration.self).training.data
      model = .model(path: run.file(TrainExperiment.modelName).relativePath)
    case "gallery":
      let gallery = try configuration(GalleryExperiment.Configuration.self)
      (model, data, layer) = (gallery.model, gallery.data, gallery.layer)
      (pooling, activation) = (gallery.pooling, gallery.activation)
    default:
      throw FileError(
        file: folder,
        problem: "holds a run of \(kind.experiment): a study is made from one of train, demo or gallery")
    }
  }

  /// Held-out images and what the layer gives for them.
  struct Material {
    let design: StudyDesign.Network
    let images: LabelledImages
    let labels: ClassLabels
    let features: FeatureMatrix
    let data: DataRecord
  }

  func material(
    workerCount: Int, cache: FeatureCache?, progress: @escaping ProgressHandler
  ) throws -> Material {
    let dataset = try data.load(progress)
    let images = dataset.heldOut
    let model = try self.model.load(for: images)
    for remark in model.remarks(on: dataset) { try progress(.warning("\(name): \(remark)")) }
    let graph = model.network.graph
    let position = try graph.featurePosition(layer, activation: activation)
    let space = FeatureSpace(of: graph, at: position, pooling: pooling)
    let checksum = try model.checksum
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let features = try engine.featureMatrix(
      of: images, layer: position,
      key: FeatureCache.Key(
        modelChecksum: checksum, dataChecksum: dataset.checksum, split: .heldOut, layer: space.layer,
        pooling: space.pooling),
      cache: cache, progress: progress)
    return Material(
      design: StudyDesign.Network(
        name: "\(graph.architecture.name) of \(name)", modelChecksum: checksum, dataName: dataset.name,
        dataChecksum: dataset.checksum, imageCount: images.count, layer: space.words,
        unitCount: space.unitCount,
        passedOverUnits: []),
      images: images, labels: ClassLabels(images.labels, classCount: images.classNames.count),
      features: features,
      data: DataRecord(
        name: dataset.name, checksum: dataset.checksum, trainingCount: dataset.training.count,
        heldOutCount: images.count))
  }
}
