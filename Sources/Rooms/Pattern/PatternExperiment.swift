import Adversarial
import Attacks
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Looks for structure in many minimum-norm perturbations of held-out images, and for one perturbation of all images.
///
/// | file | content |
/// | --- | --- |
/// | `figures/pattern.png` | one page: spectrum, components, universal perturbation |
/// | `figures/means-untargeted.png`, `means-targeted.png` | mean perturbation of each pair of classes |
/// | `spectrum.csv`, `components.csv`, `cosines.csv`, `pairs.csv`, `universal.csv` | the numbers |
/// | `universal.npy` | the universal perturbation |
/// | `run.json` | configuration, environment, results |
public struct PatternExperiment: Experiment {
  /// The attacks to choose from, the default first.
  public enum Methods: AttackOffer {
    public static let cards = [DDNSettings.card, LBFGSSettings.card]
  }

  public typealias Method = AttackChoice<Methods>

  public struct Configuration: Codable, Equatable, Sendable {
    var model: ModelSource
    var data: DataSource
    var method: Method
    /// The number of held-out images that are drawn and attacked for each goal.
    var imageCount: Int
    /// The numbers of principal directions whose share is reported, ascending.
    var componentCounts = [1, 2, 5, 10, 20, 50, 100]
    /// The number of training images that the universal perturbation is computed from.
    var universalCount: Int
    var universalNorm: Norm
    var universalRadius: Double
    var universalPassLimit = 5
    /// The number of noise draws that the universal perturbation is compared with.
    var noiseCount = 10
    var seed: UInt64
  }

  public enum Goal: String, Codable, CaseIterable, Sendable {
    case untargeted
    /// Towards a random class for each image.
    case targeted
  }

  /// The share of the squared length of the unit perturbations in the first k principal directions.
  struct ComponentShare: Codable, Equatable, Sendable {
    var components: Int
    var perturbations: Double
    var noise: Double
  }

  struct GoalResults: Codable, Equatable, Sendable {
    var goal: Goal
    var success: Proportion
    var medianL2: Double?
    /// The pairs (true, predicted) that occur, of all that can.
    var pairs: Proportion
    var componentShares: [ComponentShare]
    var cosines: [CosineSummary]
    var noiseCosines: [CosineSummary]
    /// The mean frequency weighted by power, in waves across the image, by what was transformed.
    var meanFrequencies: [String: Double]
    /// The share of power in the lowest quarter of the rings, by what was transformed.
    var coarseShares: [String: Double]
  }

  struct UniversalResults: Codable, Equatable, Sendable {
    var norm: Norm
    var radius: Double
    var passCount: Int
    /// Fooled among the training images that it was computed from.
    var fooledOwn: Proportion
    var fooledHeldOut: Proportion
    /// Fooled by noise, over all draws and the same held-out images.
    var fooledByNoise: Proportion
    var noiseDraws: Int
    /// The number of fooled held-out images that are predicted as each class.
    var takenFor: [Int]
  }

  public struct Results: Codable, Sendable {
    var modelName: String
    var modelChecksum: String
    var attack: String
    var imageCount: Int
    var goals: [GoalResults]
    var universal: UniversalResults
    /// The findings, with their denominators.
    var sentences: [String]
  }

  /// The perturbations of one goal, and what figures and tables show of them.
  struct Perturbations: Sendable {
    let goal: Goal
    let set: PerturbationSet
    let components: PerturbationComponents
    let noiseComponents: PerturbationComponents
    let spectrum: RadialSpectrum
    let imageSpectrum: RadialSpectrum
    let noiseSpectrum: RadialSpectrum

    /// The spectra by the names that the results and the tables use.
    var spectra: KeyValuePairs<String, RadialSpectrum> {
      ["perturbations": spectrum, "images": imageSpectrum, "noise": noiseSpectrum]
    }
  }

  static let directionCount = 10

  public let configuration: Configuration
  public let workerCount: Int

  init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  public static let name = "pattern"

  public struct Material: Sendable {
    let model: Model
    let dataset: Dataset
    /// The numbers of the held-out images that are attacked.
    let numbers: [Int]
  }

  public struct Evidence {
    let perturbations: [Perturbations]
    /// The values of the universal perturbation.
    let universal: [Float]
    let engine: Engine
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<PatternExperiment> {
    let (model, dataset) = (given.models[0], given.dataset)
    var generator = SeededGenerator(seed: configuration.seed, purpose: "images of pattern")
    let count = dataset.heldOut.count
    let numbers = generator.sample(min(configuration.imageCount, count), of: count).sorted()
    var configuration = configuration
    configuration.data = given.data
    return Prepared(
      material: Material(model: model, dataset: dataset, numbers: numbers), configuration: configuration,
      dataset: dataset, remarks: model.remarks(on: dataset))
  }

  /// - Throws: ``PatternError``.
  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Evidence) {
    let (model, images, numbers) = (material.model, material.dataset.heldOut, material.numbers)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let goals = try Goal.allCases.map { try measure($0, numbers, images, engine, run.progress) }
    let universal = try UniversalMeasurement(configuration: configuration).measure(
      model.network, material.dataset, numbers, engine, run.progress)
    try NPYFile(
      Tensor(
        shape: [images.shape.channels, images.shape.height, images.shape.width], elements: universal.values)
    ).write(to: run.folder.file("universal.npy"))
    var results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      attack: configuration.method.rawValue, imageCount: numbers.count, goals: goals.map(\.results),
      universal: universal.results, sentences: [])
    results.sentences =
      PatternFindings(configuration: configuration, results: results, images: images).sentences
    return (
      results,
      Evidence(perturbations: goals.map(\.perturbations), universal: universal.values, engine: engine)
    )
  }

  public func exhibits(_ results: Results, _ evidence: Evidence, _ material: Material) throws -> Exhibits {
    PatternExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset),
      images: material.dataset.heldOut, numbers: material.numbers, evidence: evidence
    ).exhibits
  }

  /// Attacks the images with one goal and analyses the perturbations of the successes.
  private func measure(
    _ goal: Goal, _ numbers: [Int], _ images: LabelledImages, _ engine: Engine, _ progress: ProgressHandler
  ) throws -> (perturbations: Perturbations, results: GoalResults) {
    try progress(
      .stage(
        "attacking \(numbers.count) held-out images: \(goal.rawValue) \(configuration.method.words)"))
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
        of: configuration.method.attack(seed: configuration.seed, workerCount: workerCount), on: batch,
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
    try progress(.stage("analysing \(set.count) perturbations"))
    let noise = set.matchedNoise(seed: configuration.seed)
    let found = Perturbations(
      goal: goal, set: set,
      components: PerturbationComponents(of: set.unitRows, directionCount: Self.directionCount),
      noiseComponents: PerturbationComponents(of: noise.unitRows, directionCount: 0),
      spectrum: RadialSpectrum(of: set.perturbations, workerCount: workerCount),
      imageSpectrum: RadialSpectrum(of: images.tensor(of: set.imageIDs), workerCount: workerCount),
      noiseSpectrum: RadialSpectrum(of: noise.perturbations, workerCount: workerCount))
    let spectra = Dictionary(uniqueKeysWithValues: found.spectra.map { ($0.key, $0.value) })
    let summary = EvaluationSummary(of: attacked)
    let classCount = images.classNames.count
    let occurring = Set(zip(set.labels, set.predictions).map { $0 * classCount + $1 }).count
    let results = GoalResults(
      goal: goal, success: summary.success, medianL2: summary.medianL2,
      pairs: Proportion(occurring, of: classCount * (classCount - 1)),
      componentShares: configuration.componentCounts.filter { $0 <= found.components.shares.count }.map {
        ComponentShare(
          components: $0, perturbations: found.components.explained(by: $0),
          noise: found.noiseComponents.explained(by: $0))
      },
      cosines: PerturbationCosines.summaries(of: set, workerCount: workerCount),
      noiseCosines: PerturbationCosines.summaries(of: noise, workerCount: workerCount),
      meanFrequencies: spectra.mapValues(\.meanFrequency), coarseShares: spectra.mapValues(\.coarseShare))
    return (found, results)
  }
}

/// A reason why the measurement is impossible.
public enum PatternError: Error, Equatable, CustomStringConvertible {
  case tooFew(Int, imageCount: Int)

  public var description: String {
    switch self {
    case .tooFew(let count, let images):
      "the attack succeeded on \(count) of \(images) images; the analysis needs at least 2 perturbations"
    }
  }
}
