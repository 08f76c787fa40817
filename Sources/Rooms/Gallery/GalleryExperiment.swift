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
public struct GalleryExperiment: Experiment {
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

    package init(
      model: ModelSource, data: DataSource, layer: String? = nil, pooling: MapPooling = .mean,
      activation: ActivationReading? = nil, neuronCount: Int = 8,
      directionCount: Int = 8, family: DirectionFamily = .sphere,
      topCount: Int = 9, seed: UInt64 = 1, split: ImageSplit = .heldOut, rows: RowSelection = .random,
      presentation: GalleryPresentation = GalleryPresentation()
    ) {
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

  /// A setting that gives way to what there is where nobody gave it.
  public enum Setting: Sendable { case neuronCount, topCount }

  public private(set) var configuration: Configuration
  /// Settings that were asked for.
  let given: Set<Setting>
  public let workerCount: Int
  /// nil: every run computes its features.
  let cache: FeatureCache?
  /// A remark that stands on every sheet.
  let note: String?

  package init(
    _ configuration: Configuration, given: Set<Setting> = [.neuronCount, .topCount], workerCount: Int,
    cache: FeatureCache?, note: String? = nil
  ) {
    self.configuration = configuration
    self.given = given
    self.workerCount = workerCount
    self.cache = cache
    self.note = note
  }

  public static let name = "gallery"
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

  /// What stands on the sheets.
  public struct Evidence {
    let rankings: GalleryRankings
    /// Of every direction; empty where the sheet is blind.
    let entries: [DirectionCatalogue.Entry]
    let exhibits: Exhibits
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, split: configuration.split, progress)
  }

  /// - Throws: ``GalleryError``, ``NetworkError``, ``FileError``.
  public func prepare(
    _ input: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<GalleryExperiment> {
    let (model, dataset) = (input.models[0], input.dataset)
    let images = configuration.split.images(of: dataset)
    let graph = model.network.graph
    try model.check(fits: images)
    let layer = try graph.featurePosition(configuration.layer, activation: configuration.activation)
    let space = FeatureSpace(of: graph, at: layer, pooling: configuration.pooling)
    var usual = UsualSetting()
    var fitted = fitted(to: space, images, &usual)
    fitted.configuration.data = input.data
    try fitted.check(space, images)
    try fitted.checkBlindness(of: folder)
    let told = model.remarks(on: dataset) + usual.remarks
    return Prepared(
      material: Material(
        configuration: fitted.configuration, model: model, dataset: dataset, layer: layer,
        remarks: told + dataset.remarks.map(\.sentence) + (note.map { [$0] } ?? [])),
      configuration: fitted.configuration, dataset: dataset, remarks: told)
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

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Evidence) {
    let settings = material.configuration
    let source = try NetworkFeatures(
      of: material.model, at: material.layer, pooling: settings.pooling, on: material.dataset,
      split: settings.split, workerCount: workerCount, cache: cache)
    let (rankings, entries) = try settings.model.naming {
      try self.rankings(of: source, material, run.progress)
    }
    let (exhibits, files) = try GalleryExhibits(
      configuration: settings, rankings: rankings, entries: entries, images: source.images
    ).exhibits(in: run.folder)
    // Not before: until everything was computed, an earlier run's files stay as they are.
    try run.begin()
    try Self.removeEarlier(in: run.folder, except: files)
    return (
      Results(rankings, files: files + [run.folder.recordName]),
      Evidence(rankings: rankings, entries: entries, exhibits: exhibits)
    )
  }

  public func exhibits(_ results: Results, _ evidence: Evidence, _ material: Material) -> Exhibits {
    evidence.exhibits
  }

  private func rankings(
    of source: some FeatureSource, _ material: Material, _ progress: @escaping ProgressHandler
  ) throws -> (GalleryRankings, [DirectionCatalogue.Entry]) {
    let (settings, dataset) = (material.configuration, material.dataset)
    let images = source.images
    let labels = images.classLabels
    let predictions = try source.predictions(progress)
    let features = try FeatureMatrix(
      values: source.features(progress).values, labels: labels, layer: source.space.layer)
    let family = settings.family
    let findings = try GalleryAnalysis(
      features: features, family: family, labels: labels, predictions: predictions,
      neuronCount: settings.neuronCount, directionCount: settings.directionCount,
      topCount: settings.topCount, seed: settings.seed, workerCount: workerCount,
      selection: settings.rows, hasStrata: settings.presentation.hasStrata,
      hasClasses: settings.presentation.hasClasses, hasCatalogue: !settings.presentation.isBlind
    ).findings(
      beside: { count in
        if family.isFitted { try progress(.stage("making \(family.words)")) }
        return try family.directions(
          count: count, dimension: features.dimension, seed: settings.seed, workerCount: workerCount,
          fittedTo: { try source.trainingMaterial(seed: settings.seed) }, progress: progress)
      }, progress)
    let rankings = GalleryRankings(
      toolVersion: RunEnvironment.toolVersion, modelName: source.name,
      modelChecksum: source.checksum, dataName: dataset.name, dataChecksum: dataset.checksum,
      split: settings.split, imageCount: images.count, classNames: images.classNames,
      correct: Proportion(zip(images.labels, predictions).count { $0 == $1.label }, of: images.count),
      family: family, features: source.space, topCount: settings.topCount, seed: settings.seed,
      selection: settings.rows == .random ? nil : settings.rows,
      chancePurity: findings.chancePurity, deadUnits: findings.deadUnits,
      constantUnits: findings.constantUnits, agreement: findings.agreement, remarks: material.remarks,
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
