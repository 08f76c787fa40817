import Datasets
import Directions
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// The top images of many directions over many images: numbers without pictures, in bounded memory, in one run or in
/// parts.
///
/// Features are computed block by block and mapped from the cache. Memory beside that: 2²⁴ features and their bytes
/// at a time, and directions × k. A shard leaves a ``RankingPart``; ``MergeExperiment`` joins them. All images at once
/// leave `images.npy`, `scores.npy`, `directions.csv`, `ranking.json` and `run.json`, and merged parts the same bytes.
public struct RankExperiment: Experiment {
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
  /// Whether the number of images per direction was asked for; else it gives way to what there is.
  let isTopCountGiven: Bool
  public let workerCount: Int
  /// nil: features are held in memory.
  let cache: FeatureCache?

  init(
    _ configuration: Configuration, isTopCountGiven: Bool = true, workerCount: Int, cache: FeatureCache?
  ) {
    self.configuration = configuration
    self.isTopCountGiven = isTopCountGiven
    self.workerCount = workerCount
    self.cache = cache
  }

  public static let name = "rank"
  public static let keepsEarlier = true

  /// The network, its layer, and the images.
  public struct Material {
    /// With what nobody gave filled in.
    let configuration: Configuration
    let model: Model
    let dataset: Dataset
    /// Position in the graph; nil for the pixels.
    let layer: Int?
    let remarks: [String]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, split: configuration.split, progress)
  }

  /// - Throws: ``RankError``, ``NetworkError``, ``FileError``.
  public func prepare(
    _ input: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<RankExperiment> {
    let (model, dataset) = (input.models[0], input.dataset)
    let images = configuration.split.images(of: dataset)
    var usual = UsualSetting()
    var fitted = self
    fitted.configuration.data = input.data
    usual.fit(
      &fitted.configuration.topCount, atMost: images.count, isGiven: isTopCountGiven,
      "images per direction", because: "there are no more \(configuration.split.words)")
    usual.noteLargestKappa(
      topCount: fitted.configuration.topCount, in: images.classLabels, configuration.split.words)
    let layer = try configuration.model.naming {
      try model.network.graph.featurePosition(configuration.layer, activation: configuration.activation)
    }
    try fitted.check(
      FeatureSpace(of: model.network.graph, at: layer, pooling: configuration.pooling),
      imageCount: images.count)
    let remarks = model.remarks(on: dataset) + usual.remarks
    return Prepared(
      material: Material(
        configuration: fitted.configuration, model: model, dataset: dataset, layer: layer,
        remarks: remarks),
      configuration: fitted.configuration, dataset: dataset, remarks: remarks)
  }

  /// Everything that can be known to be wrong before there are features.
  private func check(_ space: FeatureSpace, imageCount: Int) throws {
    guard configuration.topCount <= imageCount else {
      throw RankError.topBeyondImages(
        asked: configuration.topCount, images: imageCount, split: configuration.split)
    }
    let range = configuration.shard?.images(of: imageCount) ?? 0..<imageCount
    if let shard = configuration.shard, range.isEmpty {
      throw RankError.emptyShard(shard, images: imageCount)
    }
    if cache == nil || space.layer == Architecture.inputName,
      range.count > FeatureCache.memoryLimit / space.unitCount
    {
      throw RankError.featuresTooLarge(images: range.count, units: space.unitCount, layer: space.layer)
    }
    let count = configuration.directionCount ?? space.unitCount
    guard configuration.basis.hasAnyNumber || count <= space.unitCount else {
      throw RankError.tooManyDirections(asked: count, units: space.unitCount, layer: space.layer)
    }
    try checkMemory(directionCount: count, space)
  }

  /// Writes all files of the ranking together, since nothing has its name before all are on disk.
  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: CSVWriter?) {
    let settings = material.configuration
    let part = try settings.model.naming {
      let source = try NetworkFeatures(
        of: material.model, at: material.layer, pooling: settings.pooling, on: material.dataset,
        split: settings.split, shard: settings.shard, workerCount: workerCount, cache: cache)
      var fitted = self
      fitted.configuration = settings
      return try fitted.part(of: source, material.dataset, run.progress)
    }
    var results = Results(
      ranking: nil, firstImage: part.images.lowerBound, imageCount: part.images.count,
      directionCount: part.subject.directionIDs.count, remarks: material.remarks, files: [])
    var files: [(name: String, data: Data)]
    var table: CSVWriter?
    if let shard = settings.shard {
      files = try part.files(shard: shard, in: run.folder)
    } else {
      let made = try RankingResults.make(from: part, in: run.folder)
      (results.ranking, table, files) = (made.results, made.table, made.files)
    }
    results.files = files.map(\.name) + [run.folder.recordName]
    try run.write(files)
    return (results, table)
  }

  public func exhibits(_ results: Results, _ table: CSVWriter?, _ material: Material) -> Exhibits {
    if let ranking = results.ranking, let table { return ranking.exhibits(table) }
    return Exhibits(
      title: "Part of a ranking",
      findings: [
        "Images \(results.firstImage) to \(results.firstImage + results.imageCount - 1) ranked along "
          + "\(results.directionCount) directions; join the parts with intrigue merge."
      ], basis: "")
  }

  /// Raised when a ranking of the same subject holds other numbers than before.
  static let revision = 1

  private func part(
    of source: some FeatureSource, _ dataset: Dataset, _ progress: @escaping ProgressHandler
  ) throws -> RankingPart {
    let all = configuration.split.images(of: dataset)
    let space = source.space
    let count = configuration.directionCount ?? space.unitCount
    if configuration.basis.isFitted { try progress(.stage("making \(configuration.basis.words)")) }
    // Of all training images, so that every shard has the same.
    let directions = try configuration.basis.directions(
      count: count, dimension: space.unitCount, seed: configuration.seed, workerCount: workerCount,
      fittedTo: { try source.trainingMaterial(seed: configuration.seed) }, progress: progress)
    let features = try source.features(progress)
    let range = configuration.shard?.images(of: all.count) ?? 0..<all.count
    let subject = RankingSubject(
      toolVersion: RunEnvironment.toolVersion, oneDNNVersion: Engine.oneDNNVersion,
      revision: Self.revision, engine: .current,
      modelName: source.name, modelChecksum: source.checksum, dataName: dataset.name,
      dataChecksum: dataset.checksum, split: configuration.split, imageCount: all.count,
      classNames: all.classNames, features: space, basis: configuration.basis,
      directionIDs: directions.ids, topCount: configuration.topCount, seed: configuration.seed)
    return RankingPart(
      subject: subject, images: range,
      ranking: try ranking(of: features, along: directions, firstImage: range.lowerBound, progress),
      summaries: try summaries(of: features, along: directions, progress), labels: source.images.labels)
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
