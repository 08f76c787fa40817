import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors
import TrainRoom

/// Do images made to fool one network fool others? Trains networks that differ in architecture, seed, training images
/// or settings, or takes models; attacks each on the same held-out images; and shows every network what came out,
/// beside noise of the same size.
///
/// Leaves `networks/NAME/` for each, `transfer.json`, `transfer.csv`, `transfer.tex`, figures and `run.json`. What was
/// measured from one source is a file of its folder, so a killed run goes on with the source it was at and leaves the
/// same bytes.
public struct TransferExperiment: Sendable {
  public enum Networks: Codable, Equatable, Sendable {
    case trained([NetworkRecipe])
    case given([ModelSource])

    /// Those that exist.
    var sources: [ModelSource] {
      switch self {
      case .trained: []
      case .given(let sources): sources
      }
    }
  }

  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var networks: Networks
    public var attack: TransferAttack
    /// Radius in L∞ of attacks with a budget; the others do not look at it.
    public var epsilon: Float
    public var goal: AttackGoal
    /// Root mean squares to which perturbations are rescaled, beside those found.
    public var distortions: [Double]
    /// How many held-out images, drawn at random; nil: all of them.
    public var imageCount: Int?
    /// Of images, targets, noise, random starts and halves of the training images.
    public var seed: UInt64

    public init(
      data: DataSource, networks: Networks, attack: TransferAttack = .fgsm, epsilon: Float = 0.25,
      goal: AttackGoal = .untargeted, distortions: [Double] = [], imageCount: Int? = 1000, seed: UInt64 = 1
    ) {
      precondition(
        epsilon >= 0 && epsilon.isFinite, "epsilon must be finite and non-negative, got \(epsilon)")
      precondition(
        distortions.allSatisfy { $0 > 0 && $0.isFinite }, "distortions must be positive, got \(distortions)")
      precondition(imageCount.map { $0 > 0 } ?? true, "there must be images to attack")
      self.data = data
      self.networks = networks
      self.attack = attack
      self.epsilon = epsilon
      self.goal = goal
      self.distortions = distortions
      self.imageCount = imageCount
      self.seed = seed
    }

    package var sizes: [TransferMatrix.Size] { [.asFound] + distortions.map { .rootMeanSquare($0) } }
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool

  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  public struct Outcome: Sendable {
    public let results: TransferResults
    /// Names inside the run folder, the one to look at first in front.
    public let files: [String]
  }

  static let networksFolder = "networks"
  static let partName = "transfer.json"

  /// Raised when what is measured of the same networks under the same settings has other numbers than before.
  static let revision = 1

  /// Everything but the data that decides what is measured from one source.
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

  /// What a source's folder holds once its images were shown to all.
  private struct Part: Codable {
    var attack: EvaluationSummary
    var rows: [TransferMatrix.Row]
  }

  /// A network that is there.
  private struct Subject {
    let name: String
    let folderName: String
    let checksum: String
    let engine: Engine
    let trainingCount: Int?
  }

  /// - Throws: ``RunConflict`` when a network's folder holds a training with other settings, before anything is written.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Outcome {
    let read = try GivenModels(configuration.networks.sources, shown: configuration.data, progress)
    var resolved = self
    resolved.configuration.data = read.data
    return try resolved.run(read, in: folder, progress: progress)
  }

  /// - Parameter read: The networks of the configuration, if they exist.
  private func run(
    _ read: GivenModels, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> Outcome {
    let dataset = read.dataset
    let images = dataset.heldOut
    let targets = try configuration.goal.targets(classNames: images.classNames, seed: configuration.seed)
    let (given, remarks) = try givenSubjects(read)
    try checkArchitectures(on: dataset)
    try checkConflicts(on: dataset, in: folder)
    let record = RunRecord<Configuration, TransferResults>(
      experiment: "transfer", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset)
    )
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, progress)
    let (folder, progress) = (run.folder, run.progress)
    if startsFresh { try folder.remove(Self.networksFolder) }

    let subjects = try given ?? trained(on: dataset, in: folder, progress)
    let batch = try self.batch(of: images, progress)
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
        try progress(.stage("images from \(subject.name), \(number + 1) of \(subjects.count)"))
        return try measure(subject, among: subjects, batch, targets, progress)
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
    try run.measured(results)
    try progress(.stage("drawing charts"))
    let files = try TransferReport(results: results, remarkLines: DataRecord(dataset).remarkLines).write(
      to: folder)
    try run.complete(with: results)
    return Outcome(results: results, files: files + [folder.recordName])
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
    // A size at a time, so that a wish to stop is heard.
    var rows: [TransferMatrix.Row] = []
    for size in configuration.sizes {
      try progress(.stage("showing them, \(size.words), to \(subjects.count) networks, and noise"))
      rows += try TransferMatrix(
        of: [TransferSource(name: source.name, classifier: source.engine, evaluation: evaluation)], on: batch,
        to: subjects.map { ($0.name, $0.engine) }, sizes: [size], noise: configuration.attack.noise,
        seed: configuration.seed
      ).rows
    }
    return Part(attack: EvaluationSummary(of: evaluation.images), rows: rows)
  }

  /// Images attacked before the next word of progress; enough to keep every worker busy.
  private static let portion = 128

  private func batch(of images: LabelledImages, _ progress: ProgressHandler) throws -> AttackBatch {
    let numbers = try images.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    return AttackBatch(
      images: images.tensor(of: numbers), labels: numbers.map { images.labels[$0] }, imageIDs: numbers)
  }

  // MARK: Networks

  /// A network that does not fit the images is found before any is trained.
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

  /// Asks the folders of all networks before the first one is changed.
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
        progress: stages(of: "\(recipe.text), \(number + 1) of \(recipes.count)", progress))
      let model = try ModelFile.read(place.file(RunFolder.modelName))
      return try subject(
        model, name: recipe.text, folderName: recipe.folderName, trainingCount: data.training.count)
    }
  }

  /// - Returns: The networks that exist, nil where they are to be trained, and what is to be remarked on them.
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
  /// The folder's name for a model that has the name every training gives it, else the file's.
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
