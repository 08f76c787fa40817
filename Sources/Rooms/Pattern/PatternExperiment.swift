import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Does the perturbation have a pattern? Many minimal perturbations of held-out images, looked at together.
///
/// | file | content |
/// | --- | --- |
/// | `figures/pattern.png` | one page: spectrum, components, universal perturbation |
/// | `figures/means-untargeted.png`, `means-targeted.png` | mean perturbation of each pair of classes |
/// | `spectrum.csv`, `components.csv`, `cosines.csv`, `pairs.csv`, `universal.csv` | the numbers |
/// | `universal.npy` | the universal perturbation |
/// | `run.json` | configuration, environment, results |
public struct PatternExperiment: Sendable {
  public enum Method: String, Codable, CaseIterable, Sendable {
    case ddn, lbfgs

    package var attack: any Attack {
      switch self {
      case .ddn: DecoupledDirectionNorm()
      case .lbfgs: BoxLBFGSAttack()
      }
    }
  }

  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    public var method: Method
    /// Held-out images drawn for each of the two goals.
    public var imageCount: Int
    /// Components whose share is told.
    public var componentCounts: [Int]
    /// Training images that the universal perturbation is made from.
    public var universalCount: Int
    public var universalNorm: Norm
    public var universalRadius: Double
    public var universalPassLimit: Int
    /// Draws of noise beside the universal perturbation.
    public var noiseCount: Int
    public var seed: UInt64

    public init(
      model: ModelSource, data: DataSource, method: Method = .ddn, imageCount: Int = 1000,
      componentCounts: [Int] = [1, 2, 5, 10, 20, 50, 100], universalCount: Int = 300,
      universalNorm: Norm = .linf,
      universalRadius: Double = 0.3, universalPassLimit: Int = 5, noiseCount: Int = 10, seed: UInt64 = 1
    ) {
      precondition(imageCount > 0 && universalCount > 0 && noiseCount > 0, "there must be images and noise")
      precondition(universalRadius > 0 && universalRadius.isFinite, "the radius must be positive")
      precondition(
        universalNorm == .linf || universalNorm == .l2, "a universal perturbation is measured in L∞ or L2")
      self.model = model
      self.data = data
      self.method = method
      self.imageCount = imageCount
      self.componentCounts = componentCounts.sorted()
      self.universalCount = universalCount
      self.universalNorm = universalNorm
      self.universalRadius = universalRadius
      self.universalPassLimit = universalPassLimit
      self.noiseCount = noiseCount
      self.seed = seed
    }
  }

  public enum Goal: String, Codable, CaseIterable, Sendable {
    case untargeted
    /// A random class for each image.
    case targeted
  }

  /// Share of the unit perturbations' energy in the first k principal directions.
  public struct ComponentShare: Codable, Equatable, Sendable {
    public var components: Int
    public var perturbations: Double
    public var noise: Double
  }

  public struct GoalResults: Codable, Equatable, Sendable {
    public var goal: Goal
    public var success: Proportion
    public var medianL2: Double?
    /// Pairs (true, predicted) that occur, of all that can.
    public var pairs: Proportion
    public var componentShares: [ComponentShare]
    public var cosines: [CosineSummary]
    public var noiseCosines: [CosineSummary]
    /// Mean frequency by power, in waves across the image: of perturbations, images and noise.
    public var meanFrequencies: [String: Double]
    /// Share of power in the lowest quarter of the rings.
    public var coarseShares: [String: Double]
  }

  public struct UniversalResults: Codable, Equatable, Sendable {
    public var norm: Norm
    public var radius: Double
    public var passCount: Int
    public var fooledOwn: Proportion
    /// On held-out images, none of which it was made from.
    public var fooledHeldOut: Proportion
    /// Over all draws of noise and the same held-out images.
    public var fooledByNoise: Proportion
    public var noiseDraws: Int
    /// Classes that the fooled held-out images are taken for.
    public var takenFor: [Int]
  }

  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    public var attack: String
    public var imageCount: Int
    public var goals: [GoalResults]
    public var universal: UniversalResults
    public var sentences: [String]
  }

  /// What one goal gives figures and tables.
  struct Material: Sendable {
    let goal: Goal
    let set: PerturbationSet
    let components: PerturbationComponents
    let noiseComponents: PerturbationComponents
    let spectrum: RadialSpectrum
    let imageSpectrum: RadialSpectrum
    let noiseSpectrum: RadialSpectrum
  }

  static let directionCount = 10

  public private(set) var configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  /// - Throws: ``PatternError``, and what loading, the engine and writing throw. Before the first file is written data and
  ///   model have been read and found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let given = try GivenModels([configuration.model], shown: configuration.data, progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(given.models[0], on: given.dataset, in: folder, progress: progress)
  }

  package func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = dataset.heldOut
    try model.check(fits: images)
    let record = RunRecord<Configuration, Results>(
      experiment: "pattern", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(
      record, on: dataset, in: folder, remarks: model.remarks(on: dataset), progress)
    let (folder, progress) = (run.folder, run.progress)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    var generator = SeededGenerator(seed: configuration.seed, purpose: "images of pattern")
    let numbers = generator.sample(min(configuration.imageCount, images.count), of: images.count).sorted()

    var goals: [GoalResults] = []
    var materials: [Material] = []
    for goal in Goal.allCases {
      let (material, results) = try look(goal, numbers, images, engine, progress)
      materials.append(material)
      goals.append(results)
    }
    let (universal, values) = try universal(model.network, dataset, numbers, engine, progress)
    var results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      attack: configuration.method.rawValue, imageCount: numbers.count, goals: goals, universal: universal,
      sentences: [])
    results.sentences = PatternWords(configuration: configuration, results: results, images: images).sentences
    try run.measured(results)
    try progress(.stage("drawing"))
    try PatternTables.write(materials, results, classNames: images.classNames, in: folder)
    try NPYFile(
      Tensor(shape: [images.shape.channels, images.shape.height, images.shape.width], elements: values)
    ).write(to: folder.file("universal.npy"))
    try PatternFigures(
      configuration: configuration, results: results, data: DataRecord(dataset), images: images,
      materials: materials, universal: values
    ).write(numbers, engine, in: folder)
    try run.complete(with: results)
    return results
  }

  private func look(
    _ goal: Goal, _ numbers: [Int], _ images: LabelledImages, _ engine: Engine, _ progress: ProgressHandler
  ) throws -> (Material, GoalResults) {
    try progress(
      .stage("\(goal.rawValue) attack on \(numbers.count) held-out images: \(configuration.method.rawValue)"))
    var sets: [PerturbationSet] = []
    var attacked: [AttackedImage] = []
    for range in Workers.pieces(of: numbers.count, length: 256) {
      let rows = Array(numbers[range])
      let batch = AttackBatch(
        images: images.tensor(of: rows), labels: rows.map { images.labels[$0] }, imageIDs: rows)
      let aim: ThreatModel.Goal =
        switch goal {
        case .untargeted: .untargeted
        case .targeted:
          .targeted(
            TargetChoice.random(seed: configuration.seed).targets(
              labels: batch.labels, imageIDs: rows, classCount: images.classNames.count))
        }
      let evaluation = try Evaluation(
        of: configuration.method.attack, on: batch,
        under: ThreatModel(norm: .l2, epsilon: .infinity, goal: aim), classifier: engine)
      sets.append(PerturbationSet(evaluation, of: batch))
      attacked += evaluation.images
      try progress(.step(done: range.upperBound, total: numbers.count, unit: "images"))
    }
    let shape = [images.shape.channels, images.shape.height, images.shape.width]
    let count = sets.map(\.count).reduce(0, +)
    let set = PerturbationSet(
      perturbations: Tensor(
        shape: [count] + shape, elements: sets.flatMap { $0.perturbations.elements }),
      labels: sets.flatMap(\.labels), predictions: sets.flatMap(\.predictions),
      imageIDs: sets.flatMap(\.imageIDs))
    guard set.count > 1 else { throw PatternError.tooFew(set.count, imageCount: numbers.count) }
    try progress(.stage("looking at \(set.count) perturbations"))
    let noise = set.matchedNoise(seed: configuration.seed)
    let material = Material(
      goal: goal, set: set,
      components: PerturbationComponents(of: set.unitRows, directionCount: Self.directionCount),
      noiseComponents: PerturbationComponents(of: noise.unitRows, directionCount: 0),
      spectrum: RadialSpectrum(of: set.perturbations, workerCount: workerCount),
      imageSpectrum: RadialSpectrum(of: images.tensor(of: set.imageIDs), workerCount: workerCount),
      noiseSpectrum: RadialSpectrum(of: noise.perturbations, workerCount: workerCount))
    let spectra = [
      "perturbations": material.spectrum, "images": material.imageSpectrum, "noise": material.noiseSpectrum,
    ]
    let summary = EvaluationSummary(of: attacked)
    let classCount = images.classNames.count
    let occurring = Set(zip(set.labels, set.predictions).map { $0 * classCount + $1 }).count
    let results = GoalResults(
      goal: goal, success: summary.success, medianL2: summary.medianL2,
      pairs: Proportion(occurring, of: classCount * (classCount - 1)),
      componentShares: configuration.componentCounts.filter { $0 <= material.components.shares.count }.map {
        ComponentShare(
          components: $0, perturbations: material.components.explained(by: $0),
          noise: material.noiseComponents.explained(by: $0))
      },
      cosines: PerturbationCosines.summaries(of: set, workerCount: workerCount),
      noiseCosines: PerturbationCosines.summaries(of: noise, workerCount: workerCount),
      meanFrequencies: spectra.mapValues(\.meanFrequency), coarseShares: spectra.mapValues(\.coarseShare))
    return (material, results)
  }

  private func universal(
    _ network: Network, _ dataset: Dataset, _ numbers: [Int], _ engine: Engine, _ progress: ProgressHandler
  ) throws -> (UniversalResults, [Float]) {
    var generator = SeededGenerator(seed: configuration.seed, purpose: "images of universal")
    let count = min(configuration.universalCount, dataset.training.count)
    let own = generator.sample(count, of: dataset.training.count)
    let maker = UniversalPerturbation(
      norm: configuration.universalNorm, radius: configuration.universalRadius,
      passLimit: configuration.universalPassLimit)
    try progress(.stage("a universal perturbation from \(count) training images"))
    // One image at a time: a plan for one image wastes nothing on empty places.
    let single = try Engine(running: network, workerCount: 1, microBatch: 1)
    let made = try maker.made(
      from: dataset.training.tensor(of: own), order: Array(0..<count), classifier: single
    ) { try progress(.step(done: $0, total: $1, unit: "images")) }
    let images = dataset.heldOut.tensor(of: numbers)
    let clean = Prediction.rows(of: try engine.logits(of: images)).map(\.label)
    let after = Prediction.rows(
      of: try engine.logits(of: UniversalPerturbation.applied(made.values, to: images))
    ).map(\.label)
    var takenFor = [Int](repeating: 0, count: dataset.heldOut.classNames.count)
    for (now, before) in zip(after, clean) where now != before { takenFor[now] += 1 }
    var noiseCount = 0
    for draw in 0..<configuration.noiseCount {
      noiseCount += try UniversalPerturbation.fooled(
        maker.noise(pixelCount: images.rowLength, seed: configuration.seed, draw: draw), images, clean: clean,
        classifier: engine
      ).count
    }
    return (
      UniversalResults(
        norm: configuration.universalNorm, radius: configuration.universalRadius, passCount: made.passCount,
        fooledOwn: made.fooled, fooledHeldOut: Proportion(takenFor.reduce(0, +), of: numbers.count),
        fooledByNoise: Proportion(noiseCount, of: numbers.count * configuration.noiseCount),
        noiseDraws: configuration.noiseCount, takenFor: takenFor), made.values
    )
  }
}

/// What makes the measurement impossible.
public enum PatternError: Error, Equatable, CustomStringConvertible {
  case tooFew(Int, imageCount: Int)

  public var description: String {
    switch self {
    case .tooFew(let count, let images):
      "only \(count) of \(images) images became adversarial: a pattern needs at least two perturbations"
    }
  }
}
