import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors
import TrainRoom

/// Tests whether robustness to domain shift brings robustness to attacks: trains networks that differ in the augmentation
/// of their training images, and measures each network's robustness to corruptions of held-out images and the distance of
/// the nearest adversarial examples.
///
/// Leaves `networks/RECIPE-seedN/` for each network, `networks.csv`, `corruptions.csv`, `recipes.csv`, figures and
/// `run.json`. The measurements of a network are a file of its folder, so an interrupted run resumes with the next network.
public struct ShiftExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    var architecture: ArchitectureChoice
    /// The training before a recipe changes it; its seed is that of the first network.
    var training: TrainingConfiguration
    var recipes: [ShiftRecipe]
    /// The number of networks of each recipe, with consecutive seeds.
    var networkCount: Int
    /// σ of the recipe `noise`.
    var noise: Float
    /// The number of held-out images that are corrupted, a random sample; nil: all.
    var imageCount: Int?
    /// The number of these images that are attacked.
    var attackCount: Int
    /// The ℓ2 budget of robust accuracy.
    var epsilon: Double
    /// The number of steps of either attack.
    var stepCount: Int
    /// The seed of images and corruptions.
    var seed: UInt64

    /// - Parameter recipes: With `plain`, with which the others are compared.
    package init(
      data: DataSource, architecture: ArchitectureChoice, training: TrainingConfiguration,
      recipes: [ShiftRecipe], networkCount: Int, noise: Float = 0.3, imageCount: Int?, attackCount: Int,
      epsilon: Double = 1, stepCount: Int = 50, seed: UInt64 = 1
    ) {
      (self.data, self.architecture, self.training) = (data, architecture, training)
      self.recipes = ShiftRecipe.allCases.filter(recipes.contains)
      (self.networkCount, self.noise, self.imageCount) = (networkCount, noise, imageCount)
      (self.attackCount, self.epsilon) = (attackCount, epsilon)
      (self.stepCount, self.seed) = (stepCount, seed)
    }

    var seeds: [UInt64] { (0..<networkCount).map { training.seed &+ UInt64($0) } }
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Whether the networks of an earlier run are discarded.
  private let startsFresh: Bool

  package init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  package static let networksFolder = "networks"
  static let partName = "shift.json"
  /// Raised when the same network under the same settings gives other numbers than before.
  package static let revision = 2

  public static let name = "shift"

  /// The images on which every network is evaluated.
  public struct Material: Sendable {
    package let dataset: Dataset
    /// The numbers of the corrupted images.
    package let numbers: [Int]
    /// The numbers of the attacked images, some of these.
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
    // With the same seed fewer images are a part of more, so these are among the corrupted ones.
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
    // Seed by seed, so that an interrupted run has pairs to compare.
    for seed in configuration.seeds {
      for recipe in configuration.recipes {
        let name = "\(recipe.rawValue), seed \(seed), network \(networks.count + 1) of \(total)"
        try progress(.part(name: name, number: networks.count + 1, count: total))
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
      results: results,
      provenance: Provenance(
        command: Self.name, data: DataRecord(material.dataset), network: results.architecture,
        seed: configuration.seed,
        details: ["networks of seeds \(configuration.seeds.map(\.description).joined(separator: ", "))"]),
      engine: engine, images: material.dataset.heldOut, shownImage: material.numbers[0]
    ).exhibits
  }

  /// Looks for conflicts in the folders of all networks before the first one is changed.
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
