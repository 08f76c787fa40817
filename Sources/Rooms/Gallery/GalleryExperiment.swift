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

/// The first intriguing property: the images with the highest activation of single units beside the images with
/// the highest score along random directions of the same layer, or along those of another family.
///
///     rows of a gallery:  argmax_{x ∈ I} ⟨φ(x), e_i⟩   and   argmax_{x ∈ I} ⟨φ(x), v⟩,   I held out
///
/// Szegedy et al. (2013), section 3. <https://arxiv.org/abs/1312.6199>
///
/// Leaves `gallery.png` (both), `neurons.png`, `random.png` (or the family's name), `rankings.csv`, `rankings.json` (``GalleryRankings``),
/// `directions.csv`, `directions.json` (``DirectionCatalogue``) with `sprites/`, and `run.json`, and what ``GalleryPresentation`` asks for besides: `strata/ID.png` with `strata.csv`,
/// `per-class/ID.png` with `per-class.csv`, PDF. A blind gallery leaves `blind.png`, `key.json` (``GalleryKey``) and
/// `run.json` alone. The same configuration gives the same bytes for any number of workers, apart from the
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
    /// Rows of units, unless ``rows`` names them. Where fewer are alive, all of these are shown.
    public var neuronCount: Int
    /// Rows of other directions, unless ``rows`` names them; all where there are fewer.
    public var directionCount: Int
    /// What these are.
    public var family: DirectionFamily
    /// k, images in a row.
    public var topCount: Int
    /// Of the sample of units, the random directions and the random images: independent streams.
    public var seed: UInt64
    public var split: ImageSplit
    public var rows: RowSelection
    public var presentation: GalleryPresentation

    public init(
      model: ModelSource, data: DataSource, layer: String? = nil, pooling: MapPooling = .mean,
      activation: ActivationReading? = nil, neuronCount: Int = 8,
      directionCount: Int = 8, family: DirectionFamily = .sphere,
      topCount: Int = 9, seed: UInt64 = 1, split: ImageSplit = .heldOut, rows: RowSelection = .random,
      presentation: GalleryPresentation = GalleryPresentation()
    ) {
      precondition(
        neuronCount > 0 && directionCount > 0 && topCount > 0,
        "a gallery has at least one row of each kind and one image in a row, got \(neuronCount) neurons, "
          + "\(directionCount) directions, top \(topCount)")
      precondition(family != .neurons, "neurons are put beside something else")
      self.model = model
      self.data = data
      self.layer = layer
      self.pooling = pooling
      self.activation = activation
      self.neuronCount = neuronCount
      self.directionCount = directionCount
      self.family = family
      self.topCount = topCount
      self.seed = seed
      self.split = split
      self.rows = rows
      self.presentation = presentation
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
    /// Images in a row; nil in records of earlier versions.
    public var topCount: Int?
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

  /// A setting that gives way to what there is where nobody gave it.
  public enum Setting: Sendable { case neuronCount, topCount }

  public private(set) var configuration: Configuration
  /// Settings that were asked for.
  public let given: Set<Setting>
  public let workerCount: Int
  /// nil: every run computes its features.
  public let cache: FeatureCache?

  public init(
    _ configuration: Configuration, given: Set<Setting> = [.neuronCount, .topCount], workerCount: Int,
    cache: FeatureCache?
  ) {
    self.configuration = configuration
    self.given = given
    self.workerCount = workerCount
    self.cache = cache
  }

  /// - Throws: ``GalleryError``, ``NetworkError``, ``FileError`` or what `progress` throws. Up to the point where
  ///   model, data and configuration are known to fit, nothing is written.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let given = try GivenModels(
      [configuration.model], shown: configuration.data, split: configuration.split, progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(given.models[0], on: given.dataset, in: folder, progress: progress)
  }

  /// - Parameter note: To stand on every sheet.
  package func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, note: String? = nil,
    progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = configuration.split.images(of: dataset)
    let graph = model.network.graph
    try model.check(fits: images)
    let layer = try graph.featurePosition(configuration.layer, activation: configuration.activation)
    let space = FeatureSpace(of: graph, at: layer, pooling: configuration.pooling)
    var usual = UsualSetting()
    let fitted = fitted(to: space, images, &usual)
    try fitted.check(space, images)
    try fitted.checkBlindness(of: folder)
    return try fitted.run(
      model, on: dataset, at: layer, in: folder, remarks: model.remarks(on: dataset) + usual.remarks,
      note: note, progress: progress)
  }

  /// This experiment, with what was not given no larger than there is.
  private func fitted(
    to space: FeatureSpace, _ images: LabelledImages, _ usual: inout UsualSetting
  ) -> GalleryExperiment {
    var fitted = self
    if configuration.rows.namedUnits == nil {
      usual.fit(
        &fitted.configuration.neuronCount, atMost: space.unitCount, isGiven: given.contains(.neuronCount),
        "rows of neurons", because: "layer \(space.layer) has no more units")
    }
    usual.fit(
      &fitted.configuration.topCount, atMost: images.count, isGiven: given.contains(.topCount),
      "images in a row", because: "there are no more \(configuration.split.words)")
    usual.noteLargestKappa(
      topCount: fitted.configuration.topCount, in: images.classLabels, configuration.split.words)
    return fitted
  }

  private func run(
    _ model: Model, on dataset: Dataset, at layer: Int?, in folder: RunFolder, remarks told: [String],
    note: String?, progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = configuration.split.images(of: dataset)
    let remarks = told + dataset.remarks.map(\.sentence) + (note.map { [$0] } ?? [])
    let record = RunRecord<Configuration, Results>(
      experiment: "gallery", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset)
    )
    let run = try Run(record, on: dataset, in: folder, remarks: told, keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)
    let (rankings, entries) = try configuration.model.naming {
      try self.rankings(of: model, on: dataset, at: layer, remarks, progress)
    }
    let sheets = GallerySheet(rankings: rankings, images: images)
    let key = configuration.presentation.isBlind ? GalleryKey(rankings) : nil
    let files =
      try key.map { [try blindFile(sheets, $0, folder)] } ?? openFiles(sheets)
    // Not before: until everything was computed, an earlier run's files stay as they are.
    try run.begin()
    let numbers = try key.map { try write($0, to: folder) } ?? write(rankings, to: folder)
    try run.measured(Results(rankings, files: numbers + [folder.recordName]))
    try progress(.stage("drawing"))
    var names: [String] = []
    for file in files { names += try write(file, to: folder, progress) }
    names += numbers
    if key == nil {
      let catalogue = DirectionCatalogue(
        entries, images: images, topCount: configuration.topCount, family: configuration.family)
      names += try write(catalogue, of: images, to: folder)
    }
    try Self.removeEarlier(in: folder, except: names)
    let results = Results(rankings, files: names + [folder.recordName])
    try run.complete(with: results)
    return results
  }

  private func rankings(
    of model: Model, on dataset: Dataset, at layer: Int?, _ remarks: [String],
    _ progress: @escaping ProgressHandler
  ) throws -> (GalleryRankings, [DirectionCatalogue.Entry]) {
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
    let labels = images.classLabels
    let features = try FeatureMatrix(
      values: layer == output ? logits : try values(layer), labels: labels, layer: space.layer)
    let family = configuration.family
    let findings = try GalleryAnalysis(
      features: features, family: family, labels: labels, predictions: predictions,
      neuronCount: configuration.neuronCount, directionCount: configuration.directionCount,
      topCount: configuration.topCount, seed: configuration.seed, workerCount: workerCount,
      selection: configuration.rows, hasStrata: configuration.presentation.hasStrata,
      hasClasses: configuration.presentation.hasClasses, hasCatalogue: !configuration.presentation.isBlind
    ).findings(
      beside: { count in
        if family.isFitted { try progress(.stage("making \(family.words)")) }
        return try family.directions(
          count: count, dimension: features.dimension, seed: configuration.seed, workerCount: workerCount,
          fittedTo: {
            try DirectionFamily.Material(
              of: dataset.training, by: engine, layer: layer, space: space, seed: configuration.seed)
          }, progress: progress)
      }, progress)
    let rankings = GalleryRankings(
      toolVersion: RunEnvironment.toolVersion, modelName: graph.architecture.name,
      modelChecksum: modelChecksum, dataName: dataset.name, dataChecksum: dataset.checksum,
      split: configuration.split, imageCount: images.count, classNames: images.classNames,
      correct: Proportion(zip(images.labels, predictions).count { $0 == $1.label }, of: images.count),
      family: family, features: space, topCount: configuration.topCount, seed: configuration.seed,
      selection: configuration.rows == .random ? nil : configuration.rows,
      chancePurity: findings.chancePurity, deadUnits: findings.deadUnits,
      constantUnits: findings.constantUnits, agreement: findings.agreement, remarks: remarks,
      neurons: findings.neurons, randomDirections: findings.randomDirections,
      randomImages: findings.randomImages)
    return (rankings, findings.catalogue)
  }
}

extension GalleryExperiment.Results {
  package init(_ rankings: GalleryRankings, files: [String]) {
    func agreement(_ group: AgreementComparison.Group) -> Agreement {
      Agreement(count: group.count, mean: group.mean, standardDeviation: group.standardDeviation)
    }
    modelChecksum = rankings.modelChecksum
    layer = rankings.features.layer
    unitCount = rankings.features.unitCount
    deadUnitCount = rankings.deadUnits.count
    constantUnitCount = rankings.constantUnits.count
    imageCount = rankings.imageCount
    topCount = rankings.topCount
    correctCount = rankings.correct.count
    neurons = agreement(rankings.agreement.neurons)
    randomDirections = agreement(rankings.agreement.randomDirections)
    chance = rankings.agreement.chance
    remarks = rankings.remarks
    self.files = files
  }
}

extension GalleryExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requireCount(Set(files).count, files.count, "files")
  }
}
