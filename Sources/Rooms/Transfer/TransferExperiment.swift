import Adversarial
import Attacks
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors
import TrainRoom

/// Do adversarial examples transfer between networks? Trains networks that differ in architecture, seed, training images
/// or settings, or takes models; attacks each on the same held-out images; and evaluates every network on the results,
/// with noise of the same size as a control.
///
/// Leaves `networks/NAME/` for each network, `transfer.txt`, `transfer.json`, `transfer.csv`, `transfer.tex`, figures and
/// `run.json`. The measurements of a source are a file of its folder, so an interrupted run resumes at its source and
/// leaves the same bytes.
public struct TransferExperiment: Experiment {
  public enum Networks: Codable, Equatable, Sendable {
    case trained([NetworkRecipe])
    case given([ModelSource])

    /// The models that exist already.
    var sources: [ModelSource] {
      switch self {
      case .trained: []
      case .given(let sources): sources
      }
    }
  }

  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    var networks: Networks
    var attack: TransferAttack = .fgsm
    /// The ℓ∞ budget of attacks with a budget; the others ignore it.
    var epsilon: Float = 0.25
    var goal: AttackGoal = .untargeted
    /// Root mean squares to which perturbations are rescaled, besides the unscaled ones.
    var distortions: [Double] = []
    /// The number of held-out images, a random sample; nil: all of them.
    var imageCount: Int? = 1000
    /// The seed of images, target classes, noise, random starts and halves of the training images.
    var seed: UInt64 = 1

    var sizes: [TransferMatrix.Size] { [.asFound] + distortions.map { .rootMeanSquare($0) } }
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Whether the results of an earlier run are discarded instead of resumed.
  let startsFresh: Bool

  init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  public static let name = "transfer"

  static let networksFolder = "networks"
  /// The results once more, in the run folder.
  private static let resultsName = "transfer.json"
  /// A source's measurements, in its network's folder.
  private static let partName = "transfer.json"

  /// Raised when what is measured of the same networks under the same settings has other numbers than before.
  static let revision = 1

  /// Everything besides the data that determines the measurements of a source.
  private struct Settings: Codable, Equatable {
    var attack: TransferAttack
    var epsilon: Float
    var goal: AttackGoal
    var distortions: [Double]
    var imageCount: Int?
    var seed: UInt64
    /// Names and checksums of all networks, in their order.
    var networks: [[String]]
  }

  /// The measurements of one source.
  private struct Part: Codable {
    var attack: EvaluationSummary
    var rows: [TransferMatrix.Row]
  }

  /// A network that has been trained or loaded.
  struct Subject {
    let name: String
    let folderName: String
    let checksum: String
    let engine: Engine
    let trainingCount: Int?
  }

  public struct Material {
    let dataset: Dataset
    /// The networks; nil when they are to be trained.
    let given: [Subject]?
    let targets: TargetChoice?
    /// Numbers of the held-out images.
    let numbers: [Int]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels(configuration.networks.sources, shown: configuration.data, progress)
  }

  /// - Throws: ``UnknownClass``, ``RecipeError``, and ``RunConflict`` when a network's folder holds a training with other
  ///   settings.
  public func prepare(
    _ read: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<TransferExperiment> {
    let (dataset, images) = (read.dataset, read.dataset.heldOut)
    var resolved = configuration
    resolved.data = read.data
    let targets = try configuration.goal.targets(classNames: images.classNames, seed: configuration.seed)
    let (given, remarks) = try givenSubjects(read)
    try checkArchitectures(on: dataset)
    try checkConflicts(on: dataset, in: folder)
    return Prepared(
      material: Material(
        dataset: dataset, given: given, targets: targets,
        numbers: try images.numbers(drawing: configuration.imageCount, seed: configuration.seed, progress)),
      configuration: resolved, dataset: dataset, remarks: remarks)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, TransferResults>
  ) throws -> (results: TransferResults, evidence: Void) {
    let (folder, progress, dataset) = (run.folder, run.progress, material.dataset)
    let images = dataset.heldOut
    if startsFresh { try folder.remove(Self.networksFolder) }
    let subjects = try material.given ?? trained(on: dataset, in: folder, progress)
    let batch = AttackBatch(
      images: images.tensor(of: material.numbers), labels: material.numbers.map { images.labels[$0] },
      imageIDs: material.numbers)
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "transfer": Self.revision])
    let settings = Settings(
      attack: configuration.attack,
      epsilon: configuration.epsilon, goal: configuration.goal, distortions: configuration.distortions,
      imageCount: configuration.imageCount, seed: configuration.seed,
      networks: subjects.map { [$0.name, $0.checksum] })
    var networks: [TransferResults.Network] = []
    var rows: [TransferMatrix.Row] = []
    for (number, subject) in subjects.enumerated() {
      let place = try folder.folder("\(Self.networksFolder)/\(subject.folderName)")
      let part = try kept.kept(
        Self.partName, in: place, checksums: ["data": dataset.checksum, "model": subject.checksum],
        settings: settings
      ) {
        try progress(.stage("source \(subject.name), \(number + 1) of \(subjects.count): attacking"))
        return try measure(subject, among: subjects, batch, material.targets, progress)
      }
      let predictions = Prediction.rows(of: try subject.engine.logits(of: images)).map(\.label)
      networks.append(
        TransferResults.Network(
          name: subject.name, modelChecksum: subject.checksum,
          accuracy: Proportion(zip(predictions, images.labels).count { $0 == $1 }, of: images.count),
          trainingCount: subject.trainingCount, attack: part.attack))
      rows += part.rows
    }
    let results = TransferResults(
      dataName: dataset.name, attack: configuration.attack,
      epsilon: configuration.attack.isMinimal ? nil : configuration.epsilon, goal: configuration.goal,
      seed: configuration.seed, imageCount: batch.count, heldOutCount: images.count, networks: networks,
      rows: rows,
      gaps: configuration.sizes.map { size in
        TransferResults.AccuracyGap(
          size, rows: rows.filter { $0.size == size && $0.direction == .attack }, networks: networks,
          seed: configuration.seed)
      })
    try folder.write(results, to: Self.resultsName)
    return (results, ())
  }

  public func exhibits(_ results: TransferResults, _: Void, _ material: Material) throws -> Exhibits {
    TransferExhibits(results: results, remarkLines: DataRecord(material.dataset).remarkLines).exhibits
  }

  // MARK: One source

  private func measure(
    _ source: Subject, among subjects: [Subject], _ batch: AttackBatch, _ targets: TargetChoice?,
    _ progress: @escaping ProgressHandler
  ) throws -> Part {
    let goal = targets.map {
      ThreatModel.Goal.targeted(
        $0.targets(
          labels: batch.labels, imageIDs: batch.imageIDs, classCount: source.engine.classCount))
    }
    let evaluation = try Evaluation(
      of: AttackInPortions(
        attack: configuration.attack.attack(seed: configuration.seed, workerCount: workerCount),
        portion: Self.portion, progress: progress),
      on: batch,
      under: configuration.attack.threatModel(epsilon: configuration.epsilon, goal: goal ?? .untargeted),
      classifier: source.engine)
    // One size at a time, so that the run can be interrupted.
    var rows: [TransferMatrix.Row] = []
    for size in configuration.sizes {
      try progress(
        .stage(
          "source \(source.name): evaluating \(subjects.count) networks on its images, \(size.words), and on noise"
        ))
      rows += try TransferMatrix(
        of: [TransferSource(name: source.name, classifier: source.engine, evaluation: evaluation)], on: batch,
        to: subjects.map { ($0.name, $0.engine) }, sizes: [size], noise: configuration.attack.noise,
        seed: configuration.seed
      ).rows
    }
    return Part(attack: EvaluationSummary(of: evaluation.images), rows: rows)
  }

  /// Images attacked between two reports of progress, enough to keep every worker busy.
  private static let portion = 128

  // MARK: Networks

  /// Checks that every network fits the images, before any is trained.
  private func checkArchitectures(on dataset: Dataset) throws {
    guard case .trained(let recipes) = configuration.networks else { return }
    for recipe in recipes {
      let architecture = try recipe.architecture.architecture(for: dataset.training)
      do {
        _ = try Graph(architecture)
      } catch let error as NetworkError {
        throw RecipeError(recipe: recipe.text, problem: error.description)
      }
    }
  }

  /// Checks the folders of all networks before the first one is changed.
  private func checkConflicts(on dataset: Dataset, in folder: RunFolder) throws {
    guard !startsFresh, case .trained(let recipes) = configuration.networks else { return }
    for recipe in recipes {
      try trainExperiment(recipe).check(
        on: recipe.data(of: dataset, seed: configuration.seed),
        in: RunFolder(folder.file("\(Self.networksFolder)/\(recipe.folderName)")), of: folder)
    }
  }

  private func trainExperiment(_ recipe: NetworkRecipe) -> TrainExperiment {
    TrainExperiment(
      TrainExperiment.Configuration(
        data: configuration.data, architecture: recipe.architecture, training: recipe.training,
        validationFraction: 0),
      workerCount: workerCount, isPart: true)
  }

  private func trained(
    on dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> [Subject] {
    guard case .trained(let recipes) = configuration.networks else { return [] }
    return try recipes.enumerated().map { number, recipe in
      let place = try folder.folder("\(Self.networksFolder)/\(recipe.folderName)")
      let data = recipe.data(of: dataset, seed: configuration.seed)
      _ = try trainExperiment(recipe).run(
        on: data, in: place,
        progress: stages(
          of: "\(recipe.text), \(number + 1) of \(recipes.count)", number: number + 1, count: recipes.count,
          progress))
      let model = try ModelFile.read(place.file(RunFolder.modelName))
      return try subject(
        model, name: recipe.text, folderName: recipe.folderName, trainingCount: data.training.count)
    }
  }

  /// - Returns: The networks that exist, nil when they are to be trained, with remarks on them.
  private func givenSubjects(_ read: GivenModels) throws -> ([Subject]?, [String]) {
    guard case .given(let sources) = configuration.networks else { return (nil, []) }
    var (names, remarks): ([String], [String]) = ([], [])
    let subjects = try zip(sources, read.models).map { source, model in
      let name = Self.distinct(try source.resolved().shortName, from: names)
      names.append(name)
      remarks += model.remarks(on: read.dataset).map { "\(name): \($0)" }
      return try subject(model, name: name, folderName: name, trainingCount: nil)
    }
    return (subjects, remarks)
  }

  /// `lenet`, then `lenet (2)`.
  private static func distinct(_ name: String, from names: [String]) -> String {
    var candidate = name
    var number = 2
    while names.contains(candidate) {
      candidate = "\(name) (\(number))"
      number += 1
    }
    return candidate
  }

  private func subject(_ model: Model, name: String, folderName: String, trainingCount: Int?) throws
    -> Subject
  {
    Subject(
      name: name, folderName: folderName, checksum: try model.checksum,
      engine: try Engine(running: model.network, workerCount: workerCount), trainingCount: trainingCount)
  }
}

extension ModelSource {
  /// The name of the folder for a model with the default file name, else that of the file.
  fileprivate var shortName: String {
    let path =
      switch self {
      case .model(let path), .weights(let path, _): path
      }
    let file = URL(filePath: path)
    return file.lastPathComponent == RunFolder.modelName
      ? file.deletingLastPathComponent().lastPathComponent : file.deletingPathExtension().lastPathComponent
  }
}
