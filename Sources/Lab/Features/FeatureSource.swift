import Adversarial
import Datasets
import Directions
import Networks
import Storage
import Tensors

/// Where the features come from that are ranked: a layer of a network that is shown images.
///
/// What stands above it asks for no network, so that features from elsewhere are another source and no other experiment.
package protocol FeatureSource {
  /// Who computed the features, for captions and records.
  var name: String { get }
  /// See `Model.checksum`.
  var checksum: String { get }
  var space: FeatureSpace { get }
  /// The images, in the order of the features.
  var images: LabelledImages { get }

  /// - Throws: What `progress` throws, and what computing or reading throws.
  func features(_ progress: @escaping ProgressHandler) throws -> FeatureMatrix
  /// The class of each image by the same network.
  func predictions(_ progress: @escaping ProgressHandler) throws -> [Prediction]
  /// What directions may be fitted to: features of training images.
  func trainingMaterial(seed: UInt64) throws -> DirectionFamily.Material
}

/// A layer of a network, read on one split of a data set or a part of it.
package struct NetworkFeatures: FeatureSource {
  package let space: FeatureSpace
  package let images: LabelledImages
  package let key: FeatureCache.Key
  private let engine: Engine
  private let training: LabelledImages
  /// Position in the graph; nil for the pixels.
  private let layer: Int?
  private let cache: FeatureCache?

  /// - Parameters:
  ///   - layer: Position in the graph; nil for the pixels.
  ///   - cache: nil: features are held in memory and not kept.
  /// - Throws: What the engine and the model's checksum throw.
  package init(
    of model: Model, at layer: Int?, pooling: MapPooling, on dataset: Dataset, split: ImageSplit,
    shard: Shard? = nil, workerCount: Int, cache: FeatureCache?
  ) throws {
    let all = split.images(of: dataset)
    space = FeatureSpace(of: model.network.graph, at: layer, pooling: pooling)
    images = shard.map { all.selecting($0.images(of: all.count)) } ?? all
    key = FeatureCache.Key(
      modelChecksum: try model.checksum, dataChecksum: dataset.checksum, split: split, layer: space.layer,
      pooling: space.pooling, shard: shard)
    engine = try Engine(running: model.network, workerCount: workerCount)
    training = dataset.training
    self.layer = layer
    self.cache = cache
  }

  package var name: String { engine.network.graph.architecture.name }
  package var checksum: String { key.modelChecksum }

  package func features(_ progress: @escaping ProgressHandler) throws -> FeatureMatrix {
    try engine.featureMatrix(of: images, layer: layer, key: key, cache: cache, progress: progress)
  }

  package func predictions(_ progress: @escaping ProgressHandler) throws -> [Prediction] {
    let graph = engine.network.graph
    let output = graph.nodes.count - 1
    let space = FeatureSpace(of: graph, at: output, pooling: .none)
    var key = key
    (key.layer, key.pooling) = (space.layer, space.pooling)
    return Prediction.rows(
      of: try engine.features(of: images, layer: output, key: key, cache: cache, progress: progress))
  }

  package func trainingMaterial(seed: UInt64) throws -> DirectionFamily.Material {
    try DirectionFamily.Material(of: training, by: engine, layer: layer, space: space, seed: seed)
  }
}
