import Adversarial
import Datasets
import Directions
import Figures
import Foundation
import Images
import Networks
import Storage
import Tensors

/// The first intriguing property: the images with the highest activation of single units beside the images with
/// the highest score along random directions of the same layer.
///
///     rows of a gallery:  argmax_{x ∈ I} ⟨φ(x), e_i⟩   and   argmax_{x ∈ I} ⟨φ(x), v⟩,   I held out
///
/// Szegedy et al. (2013), section 3. <https://arxiv.org/abs/1312.6199>
///
/// Leaves `gallery.png` (both), `neurons.png`, `random.png`, `rankings.csv`, `rankings.json` (``GalleryRankings``)
/// and `run.json`. The same configuration gives the same bytes for any number of workers, apart from the
/// environment that `run.json` records.
public struct GalleryExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    /// A node of the network or `input`; nil: the feature layer.
    public var layer: String?
    /// Of a layer's maps: a channel is a unit, unless it is `none`.
    public var pooling: MapPooling
    /// The layer on this side of its activation; nil: as it is named.
    public var activation: ActivationReading?
    /// Rows of units. Where fewer are alive, all of these are shown.
    public var neuronCount: Int
    /// Rows of random directions.
    public var directionCount: Int
    /// k, images in a row.
    public var topCount: Int
    /// Of the sample of units, the random directions and the random images: independent streams.
    public var seed: UInt64
    public var split: ImageSplit

    public init(
      model: ModelSource, data: DataSource, layer: String? = nil, pooling: MapPooling = .mean,
      activation: ActivationReading? = nil, neuronCount: Int = 8,
      directionCount: Int = 8,
      topCount: Int = 9, seed: UInt64 = 1, split: ImageSplit = .heldOut
    ) {
      precondition(
        neuronCount > 0 && directionCount > 0 && topCount > 0,
        "a gallery has at least one row of each kind and one image in a row, got \(neuronCount) neurons, "
          + "\(directionCount) directions, top \(topCount)")
      self.model = model
      self.data = data
      self.layer = layer
      self.pooling = pooling
      self.activation = activation
      self.neuronCount = neuronCount
      self.directionCount = directionCount
      self.topCount = topCount
      self.seed = seed
      self.split = split
    }
  }

  public struct Results: Codable, Equatable, Sendable {
    /// Mean κ over many directions, without the values themselves.
    public struct Agreement: Codable, Equatable, Sendable {
      public var count: Int
      public var mean: Double?
      public var standardDeviation: Double?
    }

    public var modelChecksum: String
    public var layer: String
    public var unitCount: Int
    public var deadUnitCount: Int
    public var constantUnitCount: Int
    public var imageCount: Int
    public var correctCount: Int
    /// κ of live units.
    public var neurons: Agreement
    /// κ of as many random directions.
    public var randomDirections: Agreement
    /// κ expected of random images.
    public var chance: Double
    public var remarks: [String]
    /// Names inside the run folder, the one to look at first in front.
    public var files: [String]
  }

  /// Features above this many numbers (2 GiB) are refused.
  static let featureLimit = 1 << 29

  public let configuration: Configuration
  public let workerCount: Int
  /// nil: every run computes its features.
  public let cache: FeatureCache?

  public init(_ configuration: Configuration, workerCount: Int, cache: FeatureCache?) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.cache = cache
  }

  /// - Throws: ``GalleryError``, ``NetworkError``, ``FileError`` or what `progress` throws. Up to the point where
  ///   model, data and configuration are known to fit, nothing is written.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let dataset = try configuration.data.load(progress)
    let model = try configuration.model.load(for: dataset.heldOut)
    return try run(model, on: dataset, in: folder, progress: progress)
  }

  func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = configuration.split.images(of: dataset)
    let graph = model.network.graph
    try model.check(fits: images)
    let layer = try graph.featurePosition(configuration.layer, activation: configuration.activation)
    let space = FeatureSpace(of: graph, at: layer, pooling: configuration.pooling)
    try check(space, images)
    let remarks = model.remarks(on: dataset)
    for remark in remarks { try progress(.warning(remark)) }

    let record = RunRecord<Configuration, Results>(
      experiment: "gallery", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset)
    )
    let rankings = try configuration.model.naming {
      try self.rankings(of: model, on: dataset, at: layer, remarks, progress)
    }
    // Not before: until everything was computed, an earlier run's files stay as they are.
    try folder.write(record)
    try progress(.stage("drawing"))
    let results = Results(rankings, files: try write(rankings, images, to: folder))
    try folder.write(record.completed(with: results))
    return results
  }

  private func rankings(
    of model: Model, on dataset: Dataset, at layer: Int?, _ remarks: [String],
    _ progress: @escaping ProgressHandler
  ) throws -> GalleryRankings {
    let images = configuration.split.images(of: dataset)
    let graph = model.network.graph
    let space = FeatureSpace(of: graph, at: layer, pooling: configuration.pooling)
    let modelChecksum = try model.checksum
    let engine = try Engine(running: model.network, workerCount: workerCount)
    func values(_ position: Int?) throws -> Tensor {
      let space = FeatureSpace(of: graph, at: position, pooling: configuration.pooling)
      let key = FeatureCache.Key(
        modelChecksum: modelChecksum, dataChecksum: dataset.checksum, split: configuration.split,
        layer: space.layer, pooling: space.pooling)
      return try engine.features(of: images, layer: position, key: key, cache: cache, progress: progress)
    }
    let output = graph.nodes.count - 1
    let logits = try values(output)
    let predictions = Prediction.rows(of: logits)
    let labels = ClassLabels(images.labels, classCount: images.classNames.count)
    let features = try FeatureMatrix(
      values: layer == output ? logits : try values(layer), labels: labels, layer: space.layer)
    let findings = try GalleryAnalysis(
      features: features, labels: labels, predictions: predictions, neuronCount: configuration.neuronCount,
      directionCount: configuration.directionCount, topCount: configuration.topCount,
      seed: configuration.seed, workerCount: workerCount
    ).findings(progress)
    return GalleryRankings(
      toolVersion: RunEnvironment.toolVersion, modelName: graph.architecture.name,
      modelChecksum: modelChecksum, dataName: dataset.name, dataChecksum: dataset.checksum,
      split: configuration.split, imageCount: images.count, classNames: images.classNames,
      correct: Proportion(zip(images.labels, predictions).count { $0 == $1.label }, of: images.count),
      features: space, topCount: configuration.topCount, seed: configuration.seed,
      chancePurity: findings.chancePurity, deadUnits: findings.deadUnits,
      constantUnits: findings.constantUnits, agreement: findings.agreement, remarks: remarks,
      neurons: findings.neurons, randomDirections: findings.randomDirections,
      randomImages: findings.randomImages)
  }

  /// - Returns: The names written.
  private func write(_ rankings: GalleryRankings, _ images: LabelledImages, to folder: RunFolder) throws
    -> [String]
  {
    let sheets: [(name: String, blocks: [GallerySheet.Block])] = [
      ("gallery.png", [.neurons, .randomDirections]), ("neurons.png", [.neurons]),
      ("random.png", [.randomDirections]),
    ]
    for (name, blocks) in sheets {
      try GallerySheet(rankings: rankings, images: images).sheet(of: blocks).write(to: folder.file(name))
    }
    try rankings.table.write(to: folder.file("rankings.csv"))
    try folder.write(rankings, to: "rankings.json")
    return sheets.map(\.name) + ["rankings.csv", "rankings.json", folder.recordName]
  }

  /// Everything that can be known to be wrong before there are features.
  private func check(_ space: FeatureSpace, _ images: LabelledImages) throws {
    guard configuration.neuronCount <= space.unitCount else {
      throw GalleryError.tooManyNeurons(
        asked: configuration.neuronCount, units: space.unitCount, layer: space.layer)
    }
    guard configuration.topCount <= images.count else {
      throw GalleryError.topBeyondImages(
        asked: configuration.topCount, images: images.count, split: configuration.split)
    }
    guard images.count <= Self.featureLimit / space.unitCount else {
      throw GalleryError.featuresTooLarge(
        images: images.count, units: space.unitCount, layer: space.layer)
    }
    let (width, height) = GallerySheet.size(
      rowCount: max(configuration.neuronCount, configuration.directionCount),
      topCount: configuration.topCount, shape: images.shape)
    guard max(width, height) <= Canvas.largestSide else {
      throw GalleryError.sheetTooLarge(width: width, height: height, limit: Canvas.largestSide)
    }
  }
}

extension GalleryExperiment.Results {
  init(_ rankings: GalleryRankings, files: [String]) {
    func agreement(_ group: AgreementComparison.Group) -> Agreement {
      Agreement(count: group.count, mean: group.mean, standardDeviation: group.standardDeviation)
    }
    modelChecksum = rankings.modelChecksum
    layer = rankings.features.layer
    unitCount = rankings.features.unitCount
    deadUnitCount = rankings.deadUnits.count
    constantUnitCount = rankings.constantUnits.count
    imageCount = rankings.imageCount
    correctCount = rankings.correct.count
    neurons = agreement(rankings.agreement.neurons)
    randomDirections = agreement(rankings.agreement.randomDirections)
    chance = rankings.agreement.chance
    remarks = rankings.remarks
    self.files = files
  }
}
