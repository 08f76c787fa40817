import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Tensors

/// Does resistance to domain shift bring resistance to attack? Trains networks that differ in what they are shown, and
/// measures of each how it stands corruptions of held-out images, and how far images must be moved to be lost.
///
/// Leaves `networks/RECIPE-seedN/` for each network, `networks.csv`, `corruptions.csv`, `recipes.csv`, figures and
/// `run.json`. What was measured of a network is a file of its folder, so a stopped run goes on with the network it was at.
public struct ShiftExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var architecture: TrainExperiment.ArchitectureChoice
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
      data: DataSource, architecture: TrainExperiment.ArchitectureChoice, training: TrainingConfiguration,
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

  static let networksFolder = "networks"
  static let partName = "shift.json"
  /// Raised when what is measured of the same network under the same settings has other numbers than before.
  static let revision = 2

  /// - Throws: ``RunConflict`` when a network's folder holds a training with other settings, before anything is written;
  ///   what loading, the engine and writing throw.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> ShiftResults {
    let dataset = try configuration.data.load(progress)
    return try run(on: dataset, in: folder, progress: progress)
  }

  func run(on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler) throws
    -> ShiftResults
  {
    _ = try Graph(configuration.architecture.architecture(for: dataset.training))
    let images = dataset.heldOut
    let numbers = try images.numbers(drawing: configuration.imageCount, seed: configuration.seed, progress)
    // Of one seed, fewer images are some of more: so these are among the corrupted ones.
    let attackedNumbers = try images.numbers(
      drawing: min(configuration.attackCount, numbers.count), seed: configuration.seed, progress)
    try checkConflicts(on: dataset, in: folder)
    let record = RunRecord<Configuration, ShiftResults>(
      experiment: "shift", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, progress)
    let (folder, progress) = (run.folder, run.progress)
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
        if shown == nil { shown = engine }
        networks.append(
          try measured(
            recipe, seed: seed, engine, try model.checksum, dataset, numbers, attackedNumbers, in: place,
            kept, name, progress))
      }
    }
    let results = ShiftResults(
      dataName: dataset.name, heldOutCount: images.count, imageCount: numbers.count, networks: networks,
      configuration)
    try run.measured(results)
    try progress(.stage("drawing"))
    try ShiftReport(configuration: configuration, results: results, data: DataRecord(dataset))
      .write(shown, images: images, number: numbers[0], in: folder)
    try run.complete(with: results)
    return results
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
    return try ModelFile.read(place.file(TrainExperiment.modelName))
  }

  private func measured(
    _ recipe: ShiftRecipe, seed: UInt64, _ engine: Engine, _ checksum: String, _ dataset: Dataset,
    _ numbers: [Int], _ attackedNumbers: [Int], in place: RunFolder, _ kept: KeptParts, _ name: String,
    _ progress: @escaping ProgressHandler
  ) throws -> ShiftedNetwork {
    let settings = ShiftSettings(
      recipe: recipe, imageCount: configuration.imageCount, attackedNumbers: attackedNumbers,
      epsilon: configuration.epsilon, stepCount: configuration.stepCount, seed: configuration.seed)
    return try kept.kept(
      Self.partName, in: place, checksums: ["data": dataset.checksum, "model": checksum], settings: settings
    ) {
      try progress(
        .stage(
          "\(name): corrupting \(numbers.count) images, attacking \(attackedNumbers.count)"
        ))
      return try ShiftMeasurement(
        images: dataset.heldOut, numbers: numbers, attackedNumbers: attackedNumbers, settings: settings,
        workerCount: workerCount
      ).measure(engine, modelChecksum: checksum, seed: seed, progress)
    }
  }
}
