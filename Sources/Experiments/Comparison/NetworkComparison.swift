import Datasets
import Directions
import Networks
import Tensors

/// Everything that a comparison measures on one network.
public struct NetworkComparison: Codable, Equatable, Sendable {
  /// From 1.
  public var number: Int
  /// See `Model.checksum`.
  public var modelChecksum: String
  /// Correct predictions among the images looked at.
  public var correct: Proportion
  public var comparison: LayerComparison
  /// κ of as many independent random directions, `[size][direction]`.
  public var randomAgreement: [[Double]]
  public var units: [UnitTest]
  /// In the order of ``Rung/Control``.
  public var ladder: [Rung]
}

/// Measures networks on one set of images, one after the other.
struct NetworkComparer {
  let declared: ComparisonProtocol
  let images: LabelledImages
  let dataChecksum: String
  let labels: ClassLabels
  let workerCount: Int
  let cache: FeatureCache?

  init(
    _ declared: ComparisonProtocol, on dataset: Dataset, workerCount: Int, cache: FeatureCache?
  ) {
    self.declared = declared
    images = declared.split.images(of: dataset)
    dataChecksum = dataset.checksum
    labels = ClassLabels(images.labels, classCount: images.classNames.count)
    self.workerCount = workerCount
    self.cache = cache
  }

  private var topCounts: [Int] { declared.topCounts(forImages: images.count) }

  /// - Parameters:
  ///   - number: From 1; each network has random numbers of its own.
  ///   - untrained: The network before its first step, or another of its architecture.
  func compare(
    _ model: Model, number: Int, untrained: Network, progress: @escaping ProgressHandler
  ) throws -> NetworkComparison {
    var generator = SeededGenerator(seed: declared.seed, purpose: "network of a comparison", index: number)
    let seed = generator.next()
    let graph = model.network.graph
    let position = try graph.featurePosition(declared.layer, activation: declared.activation)
    let space = FeatureSpace(of: graph, at: position, pooling: declared.pooling)
    let checksum = try model.checksum
    let engine = try Engine(running: model.network, workerCount: workerCount)

    let logits = try features(of: engine, at: graph.nodes.count - 1, checksum, progress)
    let layer = try features(of: engine, at: position, checksum, progress)
    try progress(.stage("comparing the \(space.unitCount) units with \(declared.rotationCount) rotations"))
    let comparison = try LayerComparison(
      of: layer, labels: labels, space: space, topCounts: topCounts, rotationCount: declared.rotationCount,
      seed: seed, workerCount: workerCount, progress: progress)

    try progress(.stage("measuring the controls"))
    let random = agreement(
      of: layer,
      along: .randomSphere(count: comparison.liveUnits.count, dimension: layer.dimension, seed: seed))
    let untrainedEngine = try Engine(running: untrained, workerCount: workerCount)
    let untrainedLayer = try FeatureMatrix(
      values: untrainedEngine.features(of: images, layer: position, pooling: space.pooling),
      layer: space.layer)
    let pixels = try FeatureMatrix(
      values: images.tensor(of: 0..<images.count).reshaped([images.count, images.shape.pixelCount]),
      layer: Architecture.inputName)
    let predictions = Prediction.rows(of: logits.values)
    return NetworkComparison(
      number: number, modelChecksum: checksum,
      correct: Proportion(zip(images.labels, predictions).count { $0 == $1.label }, of: images.count),
      comparison: comparison, randomAgreement: random.kappas,
      units: UnitTest.table(
        of: layer, labels: labels, units: comparison.liveUnits, seed: seed, workerCount: workerCount),
      ladder: ladder(
        comparison, random: random, untrained: untrainedLayer, pixels: pixels, logits: logits, seed: seed))
  }

  private func agreement(of features: FeatureMatrix, along directions: DirectionSet) -> BasisAgreement {
    BasisAgreement(
      of: Ranking(
        of: features, along: directions, topCount: topCounts.max()!, workerCount: workerCount),
      labels: labels, topCounts: topCounts)
  }

  private func ladder(
    _ comparison: LayerComparison, random: BasisAgreement, untrained: FeatureMatrix, pixels: FeatureMatrix,
    logits: FeatureMatrix, seed: UInt64
  ) -> [Rung] {
    let count = comparison.liveUnits.count
    func rung(_ control: Rung.Control, _ features: FeatureMatrix, _ directions: DirectionSet) -> Rung {
      Rung(
        control: control, directionCount: directions.count,
        means: agreement(of: features, along: directions).means)
    }
    func sphere(_ control: Rung.Control, _ features: FeatureMatrix) -> Rung {
      rung(control, features, .randomSphere(count: count, dimension: features.dimension, seed: seed))
    }
    return [
      Rung(randomImageSets: count, labels: labels, topCounts: topCounts, seed: seed),
      sphere(.pixelDirections, pixels),
      sphere(.untrainedDirections, untrained),
      rung(.untrainedNeurons, untrained, .neurons(dimension: untrained.dimension)),
      Rung(control: .randomDirections, directionCount: count, means: random.means),
      Rung(
        control: .rotations, directionCount: count,
        means: topCounts.indices.map { comparison.nullMean(atSize: $0) }),
      Rung(control: .neurons, directionCount: count, means: comparison.neurons),
      rung(.logits, logits, .neurons(dimension: logits.dimension)),
    ]
  }

  private func features(
    of engine: Engine, at position: Int?, _ checksum: String, _ progress: @escaping ProgressHandler
  ) throws -> FeatureMatrix {
    let space = FeatureSpace(of: engine.network.graph, at: position, pooling: declared.pooling)
    let key = FeatureCache.Key(
      modelChecksum: checksum, dataChecksum: dataChecksum, split: declared.split, layer: space.layer,
      pooling: space.pooling)
    return try FeatureMatrix(
      values: engine.features(of: images, layer: position, key: key, cache: cache, progress: progress),
      layer: space.layer)
  }
}
