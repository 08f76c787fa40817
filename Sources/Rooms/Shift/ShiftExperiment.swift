import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors
import TrainRoom

/// Does resistance to domain shift bring resistance to attack? Trains networks that differ in what they are shown, and
/// measures of each how it stands corruptions of held-out images, and how far images must be moved to be lost.
///
/// Leaves `networks/RECIPE-seedN/` for each network, `networks.csv`, `corruptions.csv`, `recipes.csv`, figures and
/// `run.json`. What was measured of a network is a file of its folder, so a stopped run goes on with the network it was at.
public struct ShiftExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var architecture: ArchitectureChoice
    /// Before a recipe adds to it; its seed is that of the first network.
    public var training: TrainingConfiguration
    public var recipes: [ShiftRecipe]
    /// Networks of each recipe, with seeds one after the other.
    public var networkCount: Int
    /// σ of the recipe `noise`.
    public var noise: Float
    /// How many held-out images are corrupted, drawn at random; nil: all.
    public var imageCount: Int?
    /// How many of them are attacked.
    public var attackCount: Int
    /// Radius in L2 of robust accuracy.
    public var epsilon: Double
    /// Of either attack.
    public var stepCount: Int
    /// Of images and corruptions.
    public var seed: UInt64

    public init(
      data: DataSource, architecture: ArchitectureChoice, training: TrainingConfiguration,
      recipes: [ShiftRecipe] = ShiftRecipe.allCases, networkCount: Int = 3, noise: Float = 0.3,
      imageCount: Int? = 1000, attackCount: Int = 200, epsilon: Double = 1, stepCount: Int = 50,
      seed: UInt64 = 1
    ) {
      precondition(recipes.contains(.plain), "other recipes are compared with plain")
      precondition(
        networkCount > 0 && attackCount > 0 && stepCount > 0 && (imageCount ?? 1) > 0,
        "counts must be positive")
      precondition(noise > 0 && noise.isFinite, "noise has a positive, finite deviation, got \(noise)")
      precondition(epsilon > 0 && epsilon.isFinite, "epsilon must be positive, got \(epsilon)")
      self.data = data
      self.architecture = architecture
      self.training = training
      self.recipes = ShiftRecipe.allCases.filter(recipes.contains)
      self.networkCount = networkCount
      self.noise = noise
      self.imageCount = imageCount
      self.attackCount = attackCount
      self.epsilon = epsilon
      self.stepCount = stepCount
      self.seed = seed
    }

    var seeds: [UInt64] { (0..<networkCount).map { training.seed &+ UInt64($0) } }
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Discard what an earlier run left instead of going on with it.
  public let startsFresh: Bool

  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  package static let networksFolder = "networks"
  static let partName = "shift.json"
  /// Raised when what is measured of the same network under the same settings has other numbers than before.
  package static let revision = 2

  public static let name = "shift"

  /// What is measured of every network, the same for all.
  public struct Material: Sendable {
    package let dataset: Dataset
    /// Of the images that are corrupted.
    package let numbers: [Int]
    /// Some of these.
    let attackedNumbers: [Int]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.data.load(progress)
  }

  /// - Throws: ``RunConflict`` when a network's folder holds a training with other settings.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<ShiftExperiment> {
    _ = try Graph(configuration.architecture.architecture(for: dataset.training))
    let images = dataset.heldOut
    let numbers = try images.numbers(drawing: configuration.imageCount, seed: configuration.seed, progress)
    // Of one seed, fewer images are some of more: so these are among the corrupted ones.
    let attackedNumbers = try images.numbers(
      drawing: min(configuration.attackCount, numbers.count), seed: configuration.seed, progress)
    try checkConflicts(on: dataset, in: folder)
    return Prepared(
      material: Material(dataset: dataset, numbers: numbers, attackedNumbers: attackedNumbers),
      configuration: configuration, dataset: dataset)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, ShiftResults>
  ) throws -> (results: ShiftResults, evidence: Engine) {
    let (folder, progress, dataset) = (run.folder, run.progress, material.dataset)
    if startsFresh { try folder.remove(Self.networksFolder) }
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "shift": Self.revision])
    var networks: [ShiftedNetwork] = []
    var shown: Engine?
    let total = configuration.recipes.count * configuration.networkCount
    // Seed by seed, so that a run which is stopped has pairs to compare.
    for seed in configuration.seeds {
      for recipe in configuration.recipes {
        let name = "\(recipe.rawValue), seed \(seed), network \(networks.count + 1) of \(total)"
        let place = try folder.folder(place(of: recipe, seed))
        let model = try trained(recipe, seed: seed, on: dataset, in: place, name, progress)
        let engine = try Engine(running: model.network, workerCount: workerCount)
        shown = shown ?? engine
        networks.append(
          try measured(
            recipe, seed: seed, engine, checksum: model.checksum, material, in: place, kept, name, progress))
      }
    }
    guard let shown else { preconditionFailure("there is a recipe and a seed") }
    let results = ShiftResults(
      dataName: dataset.name, heldOutCount: dataset.heldOut.count, imageCount: material.numbers.count,
      networks: networks, configuration)
    return (results, shown)
  }

  public func exhibits(
    _ results: ShiftResults, _ engine: Engine, _ material: Material
  ) throws -> Exhibits {
    ShiftExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset), engine: engine,
      images: material.dataset.heldOut, shownImage: material.numbers[0]
    ).exhibits
  }

  /// Asks the folders of all networks before the first one is changed.
  private func checkConflicts(on dataset: Dataset, in folder: RunFolder) throws {
    guard !startsFresh else { return }
    for seed in configuration.seeds {
      for recipe in configuration.recipes {
        try trainExperiment(recipe, seed, on: dataset).check(
          on: dataset, in: RunFolder(folder.file(place(of: recipe, seed))), of: folder,
          allowsMoreEpochs: false
        )
      }
    }
  }

  private func place(of recipe: ShiftRecipe, _ seed: UInt64) -> String {
    "\(Self.networksFolder)/\(recipe.rawValue)-seed\(seed)"
  }

  private func trainExperiment(_ recipe: ShiftRecipe, _ seed: UInt64, on dataset: Dataset) -> TrainExperiment
  {
    let shape = dataset.training.shape
    var training = recipe.training(
      configuration.training, side: max(shape.height, shape.width), noise: configuration.noise)
    training.seed = seed
    return TrainExperiment(
      TrainExperiment.Configuration(
        data: configuration.data, architecture: configuration.architecture, training: training,
        validationFraction: 0),
      workerCount: workerCount, isPart: true)
  }

  private func trained(
    _ recipe: ShiftRecipe, seed: UInt64, on dataset: Dataset, in place: RunFolder, _ name: String,
    _ progress: @escaping ProgressHandler
  ) throws -> Model {
    _ = try trainExperiment(recipe, seed, on: dataset).run(
      on: dataset, in: place, progress: stages(of: name, progress))
    return try ModelFile.read(place.file(RunFolder.modelName))
  }

  private func measured(
    _ recipe: ShiftRecipe, seed: UInt64, _ engine: Engine, checksum: String, _ material: Material,
    in place: RunFolder, _ kept: KeptParts, _ name: String, _ progress: @escaping ProgressHandler
  ) throws -> ShiftedNetwork {
    let (numbers, attackedNumbers) = (material.numbers, material.attackedNumbers)
    let settings = ShiftSettings(
      recipe: recipe, imageCount: configuration.imageCount, attackedNumbers: attackedNumbers,
      epsilon: configuration.epsilon, stepCount: configuration.stepCount, seed: configuration.seed)
    return try kept.kept(
      Self.partName, in: place, checksums: ["data": material.dataset.checksum, "model": checksum],
      settings: settings
    ) {
      try progress(
        .stage("\(name): corrupting \(numbers.count) images, attacking \(attackedNumbers.count)"))
      return try ShiftMeasurement(
        images: material.dataset.heldOut, numbers: numbers, attackedNumbers: attackedNumbers,
        settings: settings,
        workerCount: workerCount
      ).measure(engine, modelChecksum: checksum, seed: seed, progress)
    }
  }
}
