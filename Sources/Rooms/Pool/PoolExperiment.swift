import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Several attacks on the same held-out images of one network, side by side, and the best of them for each image: as
/// near to what is true of the network as anything tried has come.
///
/// Without a budget the attacks look for the smallest perturbation and are judged by AttackBench's local optimality.
/// Within one they are counted, beside noise, other numbers of steps, other budgets and images made for another
/// network, so that a masked gradient shows.
///
/// | file | content |
/// | --- | --- |
/// | `pool.csv` | a row for each attack, and one for the pool |
/// | `images.csv` | a row for each image: how far each attack moved it, the best, and whose it is |
/// | `pool.tex` | the table for an article |
/// | `figures/pool.png` | accuracy against distance; with a budget successes with their intervals |
/// | `figures/queries.png`, `queries.csv` | of black-box attacks, what each had after so many queries |
/// | `adversarial.npy`, `image_ids.npy` | of each image the best, the original where nothing succeeded; its number |
/// | `parts/NAME.json`, `parts/NAME.npy` | one attack's records and images, kept as soon as it has run |
/// | `run.json` | configuration, environment, results |
///
/// The same configuration leaves the same bytes, but for the seconds in `run.json` and `parts/`.
public struct PoolExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    /// Each with the settings of its own command.
    public var methods: [AttackKind]
    public var norm: Norm
    /// Radius of the ball; nil: the smallest perturbation.
    public var epsilon: Float?
    /// The network for which images are made that this one is shown; only with a budget.
    public var surrogate: ModelSource?
    public var goal: AttackGoal
    /// Queries that a black-box attack may ask about an image; nil: as its own command has it.
    public var queryLimit: Int?
    /// How many held-out images, drawn at random; nil: all of them.
    public var imageCount: Int?
    /// Of the images drawn, of random targets, starts and noise.
    public var seed: UInt64

    public init(
      model: ModelSource, data: DataSource, methods: [AttackKind], norm: Norm, epsilon: Float? = nil,
      surrogate: ModelSource? = nil, goal: AttackGoal = .untargeted, queryLimit: Int? = nil,
      imageCount: Int? = 1000, seed: UInt64 = 1
    ) {
      precondition(epsilon.map { $0 > 0 && $0.isFinite } ?? true, "epsilon must be finite and positive")
      precondition(
        !methods.isEmpty && Set(methods).count == methods.count, "a pool holds attacks, each once")
      let known = Self.methods(norm: norm, hasBudget: epsilon != nil)
      precondition(methods.allSatisfy(known.contains), "\(methods) are not all among \(known)")
      precondition(surrogate == nil || epsilon != nil, "transferred images need a budget")
      precondition(imageCount.map { $0 > 0 } ?? true, "there must be images to attack")
      self.model = model
      self.data = data
      self.methods = methods
      self.norm = norm
      self.epsilon = epsilon
      self.surrogate = surrogate
      self.goal = goal
      self.queryLimit = queryLimit
      self.imageCount = imageCount
      self.seed = seed
    }

    /// All attacks that there are for a norm, within a budget or for the smallest perturbation. None within a number
    /// of pixels, for which there is no ladder of budgets to compare.
    public static func methods(norm: Norm, hasBudget: Bool) -> [AttackKind] {
      norm == .l0 && hasBudget
        ? [] : AttackKind.allCases.filter { ($0.search == .budget) == hasBudget && $0.norms.contains(norm) }
    }

    /// With the gradient, beside attacks none of which has it: the strongest of the norm. nil where an attack that was
    /// asked for knows it.
    var reference: AttackKind? {
      guard methods.contains(where: \.knowledge.isBlackBox),
        !methods.contains(where: { $0.knowledge == .gradients })
      else { return nil }
      if epsilon != nil { return .autoPGD }
      return norm == .l2 ? .decoupledDirectionNorm : .fastMinimumNorm
    }
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  public let startsFresh: Bool

  /// - Parameter startsFresh: Whether what an earlier run left is measured again.
  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  /// - Throws: ``UnknownClass``, and what loading, the engine and writing throw. Before the first file is written
  ///   data and models have been read and found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> PoolResults {
    let given = try GivenModels(
      [configuration.model] + [configuration.surrogate].compactMap(\.self), shown: configuration.data,
      progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(
      given.models[0], surrogate: given.models.dropFirst().first, on: given.dataset, in: folder,
      progress: progress)
  }

  package func run(
    _ model: Model, surrogate: Model? = nil, on dataset: Dataset, in folder: RunFolder,
    progress: @escaping ProgressHandler
  ) throws -> PoolResults {
    let images = dataset.heldOut
    let remarks =
      model.remarks(on: dataset)
      + (surrogate?.remarks(on: dataset) ?? []).map { "of the network that images are made for: \($0)" }
    let targets = try configuration.goal.targets(classNames: images.classNames, seed: configuration.seed)
    let numbers = try images.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    let record = RunRecord<Configuration, PoolResults>(
      experiment: "attack pool", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let startingImages = try StartingImages.drawn(
      from: dataset.training, for: configuration.methods, isTargeted: targets != nil,
      seed: configuration.seed, progress)
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let other = try surrogate.map { try Engine(running: $0.network, workerCount: workerCount) }
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, progress)
    let (folder, progress) = (run.folder, run.progress)
    if startsFresh { try folder.remove(PoolPart.folderName) }
    let place = try folder.folder(PoolPart.folderName)

    let subject = Subject(
      engine: engine, surrogate: other, images: images, numbers: numbers, targets: targets,
      startingImages: startingImages,
      listener: ProgressListener(progress))
    let plan = PoolPlan(configuration)
    let checksum = try model.checksum
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "pool": Self.revision])
    let surrogateChecksum = try surrogate?.checksum
    let (parts, probabilities) = try configuration.model.naming {
      let parts = try plan.all.enumerated().map { index, entry in
        var checksums = ["data": dataset.checksum, "model": checksum]
        // The others do not depend on it.
        if entry.role == .transferred { checksums["surrogate"] = surrogateChecksum }
        let settings = PoolPart.Settings(
          entry: entry, norm: configuration.norm, goal: configuration.goal, imageCount: numbers.count,
          seed: configuration.seed)
        let files = [PoolPart.imagesName(entry)]
        let stage = "\(entry.words), \(index + 1) of \(plan.all.count)"
        if let known = try kept.known(
          PoolPart.self, PoolPart.name(entry), in: place, checksums: checksums, settings: settings,
          files: files)
        {
          try progress(.stage("\(stage): kept from an earlier run"))
          return known
        }
        try progress(.stage("\(stage): attacking \(numbers.count) held-out images"))
        let part = try measure(entry, subject, in: place)
        try kept.keep(
          part, PoolPart.name(entry), in: place, checksums: checksums, settings: settings, files: files)
        return part
      }
      return (
        parts, EvaluationWarning.outputs(try engine.logits(of: images.tensor(of: numbers.prefix(64))))
      )
    }

    try progress(.stage("comparing"))
    let material = PoolMaterial(plan: plan, parts: parts, norm: configuration.norm)
    let results = PoolResults(
      dataName: dataset.name, modelName: model.network.graph.architecture.name, modelChecksum: checksum,
      surrogateName: surrogate?.network.graph.architecture.name, surrogateChecksum: surrogateChecksum,
      norm: configuration.norm, epsilon: configuration.epsilon, goal: configuration.goal,
      seed: configuration.seed, imageCount: numbers.count, heldOutCount: images.count,
      cleanAccuracy: parts[0].summary.cleanAccuracy, attacks: material.attacks(), best: material.best(),
      warnings: (probabilities.map { [$0.sentence] } ?? [])
        + material.warnings(surrogateName: surrogate?.network.graph.architecture.name))
    try run.measured(results)
    try writeBest(of: material, images, numbers, place, to: folder)
    try PoolReport(
      results: results, material: material, classNames: images.classNames,
      remarkLines: DataRecord(dataset).remarkLines
    ).write(to: folder)
    try run.complete(with: results)
    return results
  }

  /// Raised when a part of the same settings holds other numbers than before.
  static let revision = 1

  // MARK: One attack

  /// Whom the attacks are run on, and who is told.
  private struct Subject {
    let engine: Engine
    let surrogate: Engine?
    let images: LabelledImages
    let numbers: [Int]
    let targets: TargetChoice?
    let startingImages: StartingImages?
    let listener: ProgressListener

    /// Images attacked together, as floats in memory: about 16 MB, and enough to keep every worker busy.
    var portion: Int { max(64, min(256, (1 << 22) / images.shape.pixelCount)) }
  }

  private func measure(
    _ entry: PoolEntry, _ subject: Subject, in place: RunFolder
  ) throws -> PoolPart {
    let (images, numbers, shape) = (subject.images, subject.numbers, subject.images.shape)
    let file = place.file(PoolPart.imagesName(entry))
    let store = try NPYRowWriter(shape: [numbers.count, shape.channels, shape.height, shape.width], to: file)
    var attacked: [AttackedImage] = []
    var cost = ClassifierCost(forwards: 0, backwards: 0)
    let start = ContinuousClock.now
    for piece in Workers.pieces(of: numbers.count, length: subject.portion) {
      try subject.listener.tell(.step(done: piece.lowerBound, total: numbers.count, unit: "images"))
      let rows = Array(numbers[piece])
      let evaluation = try evaluation(
        of: entry,
        AttackBatch(
          images: images.tensor(of: rows), labels: rows.map { images.labels[$0] }, imageIDs: rows), subject)
      try store.append(evaluation.returnedImages)
      attacked += evaluation.images
      if let part = evaluation.cost { cost = cost + part }
    }
    try subject.listener.tell(.step(done: numbers.count, total: numbers.count, unit: "images"))
    try store.finish()
    return PoolPart(
      entry: entry, images: attacked, cost: cost, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func evaluation(of entry: PoolEntry, _ batch: AttackBatch, _ subject: Subject) throws -> Evaluation
  {
    let goal = subject.targets.map {
      ThreatModel.Goal.targeted(
        $0.targets(
          labels: batch.labels, imageIDs: batch.imageIDs, classCount: subject.images.classNames.count))
    }
    let threatModel = ThreatModel(
      norm: configuration.norm, epsilon: entry.epsilon ?? .infinity, goal: goal ?? .untargeted)
    let attack = entry.method.attack(
      seed: configuration.seed, workerCount: workerCount, startingImages: subject.startingImages)
    let classifier = ListeningClassifier(base: subject.engine, listener: subject.listener)
    guard entry.role == .transferred, let surrogate = subject.surrogate else {
      return try Evaluation(of: attack, on: batch, under: threatModel, classifier: classifier)
    }
    return try Evaluation(
      of: TransferredAttack(attack, from: ListeningClassifier(base: surrogate, listener: subject.listener)),
      on: batch, under: threatModel, classifier: classifier)
  }

  // MARK: The best

  private func writeBest(
    of material: PoolMaterial, _ images: LabelledImages, _ numbers: [Int], _ place: RunFolder,
    to folder: RunFolder
  ) throws {
    var best = images.tensor(of: numbers)
    for (index, entry) in material.plan.entries.enumerated() {
      let rows = material.winners.indices.filter { material.winners[$0] == index }
      guard !rows.isEmpty else { continue }
      let name = PoolPart.imagesName(entry)
      let file = try NPYFile(contentsOf: place.file(name))
      guard case .floats(let pixels) = file.elements, file.shape == best.shape else {
        throw FileError(
          file: place.file(name), problem: "is not what was written: expected floats of \(best.shape)")
      }
      for row in rows {
        best[row: row] = pixels[row * best.rowLength..<(row + 1) * best.rowLength]
      }
    }
    try NPYFile(best).write(to: folder.file("adversarial.npy"))
    try NPYFile(shape: [numbers.count], elements: .integers(numbers)).write(to: folder.file("image_ids.npy"))
  }
}
