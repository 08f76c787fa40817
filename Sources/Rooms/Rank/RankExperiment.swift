import Datasets
import Directions
import Foundation
import Lab
import Networks
import Tensors

/// The top images of many directions over many images: numbers without pictures, in bounded memory, in one run or in
/// parts.
///
/// Features are computed block by block and mapped from the cache. Memory beside that: 2²⁴ features and their bytes
/// at a time, and directions × k. A shard leaves a ``RankingPart``; ``MergeExperiment`` joins them. All images at once
/// leave `images.npy`, `scores.npy`, `directions.csv`, `ranking.json` and `run.json`, and merged parts the same bytes.
public struct RankExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    /// A node of the network or `input`; nil: the feature layer.
    public var layer: String?
    /// What makes a unit of each map, where the layer gives maps.
    public var pooling: MapPooling
    /// The layer on this side of its activation; nil: as it is named.
    public var activation: ActivationReading?
    public var basis: DirectionFamily
    /// Nil: as many as the layer has units, and for neurons always.
    public var directionCount: Int?
    /// k.
    public var topCount: Int
    public var seed: UInt64
    public var split: ImageSplit
    /// Nil: all images.
    public var shard: Shard?

    public init(
      model: ModelSource, data: DataSource, layer: String? = nil, pooling: MapPooling = .mean,
      activation: ActivationReading? = nil, basis: DirectionFamily = .neurons,
      directionCount: Int? = nil, topCount: Int = 9, seed: UInt64 = 1, split: ImageSplit = .heldOut,
      shard: Shard? = nil
    ) {
      precondition(
        topCount > 0 && (directionCount ?? 1) > 0,
        "at least one direction and one image must be asked for")
      precondition(basis != .neurons || directionCount == nil, "every neuron is ranked")
      self.model = model
      self.data = data
      self.layer = layer
      self.pooling = pooling
      self.activation = activation
      self.basis = basis
      self.directionCount = directionCount
      self.topCount = topCount
      self.seed = seed
      self.split = split
      self.shard = shard
    }
  }

  /// What came out: the results, or a part of them.
  public struct Results: Codable, Equatable, Sendable {
    /// Nil for a shard.
    public var ranking: RankingResults?
    /// Images of this run among all: the first, and how many.
    public var firstImage: Int
    public var imageCount: Int
    public var directionCount: Int
    public var remarks: [String]
    public var files: [String]
  }

  public private(set) var configuration: Configuration
  /// Whether the number of images for each direction was asked for; else it gives way to what there is.
  public let isTopCountGiven: Bool
  public let workerCount: Int
  /// nil: features are held in memory.
  public let cache: FeatureCache?

  public init(
    _ configuration: Configuration, isTopCountGiven: Bool = true, workerCount: Int, cache: FeatureCache?
  ) {
    self.configuration = configuration
    self.isTopCountGiven = isTopCountGiven
    self.workerCount = workerCount
    self.cache = cache
  }

  /// - Throws: ``RankError``, ``NetworkError``, ``FileError`` or what `progress` throws. Until everything was computed,
  ///   nothing is written but blocks of features.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let given = try GivenModels(
      [configuration.model], shown: configuration.data, split: configuration.split, progress)
    let (model, dataset) = (given.models[0], given.dataset)
    var usual = UsualSetting()
    var fitted = self
    fitted.configuration.data = given.data
    usual.fit(
      &fitted.configuration.topCount, atMost: configuration.split.images(of: dataset).count,
      isGiven: isTopCountGiven, "images for each direction",
      because: "there are no more \(configuration.split.words)")
    usual.noteLargestKappa(
      topCount: fitted.configuration.topCount, in: configuration.split.images(of: dataset).classLabels,
      configuration.split.words)
    return try fitted.run(
      model, on: dataset, in: folder, remarks: model.remarks(on: dataset) + usual.remarks, progress: progress)
  }

  private func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, remarks: [String],
    progress: @escaping ProgressHandler
  ) throws -> Results {
    let record = RunRecord<Configuration, Results>(
      experiment: "rank", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)
    let part = try configuration.model.naming { try self.part(of: model, on: dataset, progress) }
    var results = Results(
      ranking: nil, firstImage: part.images.lowerBound, imageCount: part.images.count,
      directionCount: part.subject.directionIDs.count, remarks: remarks, files: [])
    var files: [(name: String, data: Data)]
    if let shard = configuration.shard {
      files = try part.files(shard: shard, in: folder)
    } else {
      (results.ranking, files) = try RankingResults.make(from: part, in: folder)
    }
    results.files = files.map(\.name) + [folder.recordName]
    try run.complete(with: results, files)
    return results
  }

  /// Raised when a ranking of the same subject holds other numbers than before.
  static let revision = 1

  private func part(of model: Model, on dataset: Dataset, _ progress: @escaping ProgressHandler) throws
    -> RankingPart
  {
    let all = configuration.split.images(of: dataset)
    let graph = model.network.graph
    let layer = try graph.featurePosition(configuration.layer, activation: configuration.activation)
    let space = FeatureSpace(of: graph, at: layer, pooling: configuration.pooling)
    guard configuration.topCount <= all.count else {
      throw RankError.topBeyondImages(
        asked: configuration.topCount, images: all.count, split: configuration.split)
    }
    let range = configuration.shard?.images(of: all.count) ?? 0..<all.count
    if let shard = configuration.shard, range.isEmpty {
      throw RankError.emptyShard(shard, images: all.count)
    }
    if cache == nil || layer == nil, range.count > FeatureCache.memoryLimit / space.unitCount {
      throw RankError.featuresTooLarge(images: range.count, units: space.unitCount, layer: space.layer)
    }
    let count = configuration.directionCount ?? space.unitCount
    guard configuration.basis.hasAnyNumber || count <= space.unitCount else {
      throw RankError.tooManyDirections(asked: count, units: space.unitCount, layer: space.layer)
    }
    try checkMemory(directionCount: count, space)
    let images = configuration.shard == nil ? all : all.selecting(range)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    if configuration.basis.isFitted { try progress(.stage("making \(configuration.basis.words)")) }
    // Of all training images, so that every shard has the same.
    let directions = try configuration.basis.directions(
      count: count, dimension: space.unitCount, seed: configuration.seed, workerCount: workerCount,
      fittedTo: {
        try DirectionFamily.Material(
          of: dataset.training, by: engine, layer: layer, space: space, seed: configuration.seed)
      }, progress: progress)
    let key = FeatureCache.Key(
      modelChecksum: try model.checksum, dataChecksum: dataset.checksum, split: configuration.split,
      layer: space.layer, pooling: space.pooling, shard: configuration.shard)
    let features = try engine.featureMatrix(
      of: images, layer: layer, key: key, cache: cache, progress: progress)
    let subject = RankingSubject(
      toolVersion: RunEnvironment.toolVersion, oneDNNVersion: Engine.oneDNNVersion,
      revision: Self.revision, engine: .current,
      modelName: graph.architecture.name, modelChecksum: key.modelChecksum, dataName: dataset.name,
      dataChecksum: dataset.checksum, split: configuration.split, imageCount: all.count,
      classNames: all.classNames, features: space, basis: configuration.basis,
      directionIDs: directions.ids, topCount: configuration.topCount, seed: configuration.seed)
    return RankingPart(
      subject: subject, images: range,
      ranking: try ranking(of: features, along: directions, firstImage: range.lowerBound, progress),
      summaries: try summaries(of: features, along: directions, progress), labels: images.labels)
  }

  /// - Throws: ``MemoryShortage`` when the directions and their rankings would need more memory than there is.
  private func checkMemory(directionCount: Int, _ space: FeatureSpace) throws {
    // A direction; its best images with their scores, of what is ranked so far, of the piece that is being added, and as
    // they are written; a summary of its scores, twice.
    let entry = MemoryLayout<Float>.stride + MemoryLayout<Int>.stride
    // Axes are numbers of units.
    let length = configuration.basis == .neurons ? 1 : space.unitCount
    let bytes =
      length * MemoryLayout<Float>.stride + 3 * configuration.topCount * entry
      + 2 * MemoryLayout<ScoreSummary>.stride
    try MemoryShortage.check(
      boundedProduct(directionCount, bytes),
      for: "ranking along \(directionCount) directions of \(space.unitCount) features with their "
        + "top \(configuration.topCount)",
      advice: "ask for fewer with --directions or --top")
  }

  /// Images at a time: progress is seen between them. Results do not depend on it.
  private func pieces(of features: FeatureMatrix) -> [Range<Int>] {
    Workers.pieces(of: features.imageCount, length: max(4096, (1 << 24) / features.dimension))
  }

  private func ranking(
    of features: FeatureMatrix, along directions: DirectionSet, firstImage: Int, _ progress: ProgressHandler
  ) throws -> Ranking {
    try progress(.stage("ranking \(features.imageCount) images along \(directions.count) directions"))
    var ranking = Ranking(along: directions, topCount: configuration.topCount)
    let pieces = pieces(of: features)
    for piece in pieces {
      ranking.include(
        configuration.basis.ranked(features.rows(piece)), along: directions,
        firstImage: firstImage + piece.lowerBound,
        workerCount: workerCount)
      if pieces.count > 1 { features.release(piece) }
      try progress(.step(done: piece.upperBound, total: features.imageCount, unit: "images"))
    }
    return ranking
  }

  private func summaries(
    of features: FeatureMatrix, along directions: DirectionSet, _ progress: ProgressHandler
  ) throws -> [ScoreSummary] {
    try progress(.stage("adding up their scores"))
    var summaries = [ScoreSummary](repeating: ScoreSummary(), count: directions.count)
    let pieces = pieces(of: features)
    for piece in pieces {
      let found = ScoreSummary.table(
        of: configuration.basis.ranked(features.rows(piece)), along: directions, workerCount: workerCount)
      summaries = zip(summaries, found).map { $0.merged(with: $1) }
      if pieces.count > 1 { features.release(piece) }
      try progress(.step(done: piece.upperBound, total: features.imageCount, unit: "images"))
    }
    return summaries
  }
}
