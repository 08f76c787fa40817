import Adversarial
import Datasets
import Directions
import Figures
import Foundation
import Images
import Lab
import Networks
import Storage
import Tensors

/// A run on the page: network, images, layers, and the answers about them.
struct ExploredRun: Sendable {
  let run: RunModel
  let layers: ExploredLayers
  /// For one image at a time: no room is filled up with zeros, and no core waits for another.
  let quickEngine: Engine
  let scoreKind: ScoreKind

  init(_ run: RunModel, basisFiles: [URL] = [], cache: FeatureCache? = nil) throws {
    self.run = run
    layers = ExploredLayers(of: run, basisFiles: basisFiles, cache: cache)
    quickEngine = try Engine(running: run.model.network, workerCount: 1, microBatch: 1)
    scoreKind = ScoreKind(suiting: run.model)
  }

  /// An image of the data, as the page shows it wherever it stands.
  struct Shown: Codable, Equatable, Sendable {
    var index: Int
    /// Along the direction that chose the image.
    var score: Float
    var label: Int
    var prediction: Int
    /// PNG, in base64.
    var png: String
  }

  func shown(_ index: Int, score: Float) throws -> Shown {
    Shown(
      index: index, score: score, label: run.images.labels[index], prediction: run.predictions[index].label,
      png: try png(of: run.images.tensor(of: [index]).elements)
    )
  }

  /// - Parameter planar: `[channels, height, width]` in [0, 1].
  func png(of planar: some Collection<Float>) throws -> String { try Self.png(of: bitmap(of: planar)) }

  func bitmap(of planar: some Collection<Float>) -> Bitmap {
    let shape = run.images.shape
    return Bitmap(planar: planar, channels: shape.channels, height: shape.height, width: shape.width)
  }

  static func png(of bitmap: Bitmap) throws -> String {
    try PNGFile.encode(bitmap, file: URL(filePath: "picture")).base64EncodedString()
  }

  // MARK: What there is

  /// What the page is told of the run when it opens.
  struct Description: Codable, Sendable {
    var name: String
    var experiment: String
    var network: String
    var data: String
    /// Of all layers that can be chosen: "relu3 (128 units, after ReLU)".
    var layers: [String]
    /// Number of the layer that the run read.
    var ownLayer: Int
    /// That layer.
    var layer: ExploredLayer.Description
    var imageCount: Int
    var correctCount: Int
    var width: Int
    var height: Int
    var channels: Int
    var classNames: [String]
    /// `#0072B2`.
    var classColours: [String]
    /// Images that the network puts into another class, ascending.
    var wrongImages: [Int]
    var remarks: [String]
  }

  var description: Description {
    let key = ClassKey(names: run.images.classNames)
    let wrong = run.predictions.indices.filter { run.predictions[$0].label != run.images.labels[$0] }
    let shape = run.images.shape
    return Description(
      name: run.name, experiment: run.experiment, network: run.model.network.graph.architecture.name,
      data: run.dataName, layers: layers.spaces.map(\.listed), ownLayer: layers.ownIndex,
      layer: layers.own.description, imageCount: run.images.count,
      correctCount: run.images.count - wrong.count, width: shape.width, height: shape.height,
      channels: shape.channels, classNames: run.images.classNames,
      classColours: run.images.classNames.indices.map { index in
        let colour = key.colour(index)
        return String(format: "#%02x%02x%02x", colour.red, colour.green, colour.blue)
      },
      wrongImages: wrong, remarks: run.remarks)
  }

  struct LayerAnswer: Codable, Sendable {
    var layer: ExploredLayer.Description
    var milliseconds: Double
  }

  /// - Throws: ``ServerRefusal`` where there is no such layer, and what the engine throws.
  func answer(to request: LayerRequest) throws -> LayerAnswer {
    let start = ContinuousClock.now
    return LayerAnswer(
      layer: try layers.layer(request.layer).description,
      milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
  }
}

extension FeatureSpace {
  /// For a list of layers.
  fileprivate var listed: String { String(words.trimmingPrefix("layer ")) }
}
