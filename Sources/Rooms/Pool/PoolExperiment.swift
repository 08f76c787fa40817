import Adversarial
import Attacks
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Several attacks on the same held-out images of one network, and the best result for each image: as good an estimate of
/// the network's robustness as all attacks together give.
///
/// Without a budget the attacks search for the smallest perturbation and are judged by AttackBench's local optimality.
/// With a budget they are compared with noise, other numbers of steps, other budgets and adversarial examples made for
/// another network, so that gradient masking shows.
///
/// | file | content |
/// | --- | --- |
/// | `pool.csv` | a row for each attack, and one for the pool |
/// | `images.csv` | a row for each image: the distance of each attack, the best, and which attack it is |
/// | `pool.tex` | the table for an article |
/// | `figures/pool.png` | robust accuracy by distance; with a budget success rates with intervals |
/// | `figures/queries.png`, `queries.csv` | success of black-box attacks by number of queries |
/// | `adversarial.npy`, `image_ids.npy` | the best result for each image, the original when no attack succeeded; its number |
/// | `parts/NAME.json`, `parts/NAME.npy` | the records and images of one attack, kept as soon as it has run |
/// | `run.json` | configuration, environment, results |
///
/// The same configuration leaves the same bytes, except for the seconds in `run.json` and `parts/`.
public struct PoolExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    var model: ModelSource
    var data: DataSource
    /// Attacks, each once, with the settings of its own command.
    var methods: [AttackCard]
    var norm: Norm
    /// The budget; nil: the smallest perturbation.
    var epsilon: Float?
    /// The network for which transferred adversarial examples are made; only with a budget.
    var surrogate: ModelSource?
    var goal: AttackGoal = .untargeted
    /// The largest number of queries per image of a black-box attack; nil: that of its own command.
    var queryLimit: Int?
    /// The number of held-out images, a random sample; nil: all of them.
    var imageCount: Int? = 1000
    /// The seed of images, random targets, starts and noise.
    var seed: UInt64 = 1

    /// All attacks for a norm, within a budget or for the smallest perturbation. There are none within a number of pixels,
    /// since budgets could not be compared.
    static func methods(norm: Norm, hasBudget: Bool) -> [AttackCard] {
      norm == .l0 && hasBudget
        ? [] : AttackCard.all.filter { $0.hasBudget == hasBudget && $0.norms.contains(norm) }
    }

    /// A strong white-box attack of the norm, for comparison with black-box attacks; nil when a white-box attack was asked
    /// for.
    var reference: AttackCard? {
      guard methods.contains(where: \.access.isBlackBox),
        !methods.contains(where: { $0.access == .whiteBox })
      else { return nil }
      if epsilon != nil { return APGDSettings.card }
      return norm == .l2 ? DDNSettings.card : FMNSettings.card
    }
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

  public static let name = "attack pool"

  public struct Material {
    let dataset: Dataset
    let model: Model
    let surrogate: Model?
    let engine: Engine
    let surrogateEngine: Engine?
    /// Numbers of the held-out images.
    let numbers: [Int]
    let targets: TargetChoice?
    let startingImages: StartingImages?
  }

  /// Reads the network attacked and, after it, the surrogate, if there is one.
  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels(
      [configuration.model] + [configuration.surrogate].compactMap(\.self), shown: configuration.data,
      progress)
  }

  /// - Throws: ``UnknownClass``, and what the engine throws.
  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<PoolExperiment> {
    let (dataset, model, surrogate) = (given.dataset, given.models[0], given.models.dropFirst().first)
    let images = dataset.heldOut
    var resolved = configuration
    resolved.data = given.data
    let targets = try configuration.goal.targets(classNames: images.classNames, seed: configuration.seed)
    let material = Material(
      dataset: dataset, model: model, surrogate: surrogate,
      engine: try Engine(running: model.network, workerCount: workerCount),
      surrogateEngine: try surrogate.map { try Engine(running: $0.network, workerCount: workerCount) },
      numbers: try images.numbers(drawing: configuration.imageCount, seed: configuration.seed, progress),
      targets: targets,
      startingImages: try StartingImages.drawn(
        from: dataset.training, for: configuration.methods, isTargeted: targets != nil,
        seed: configuration.seed, progress))
    return Prepared(
      material: material, configuration: resolved, dataset: dataset,
      remarks: model.remarks(on: dataset)
        + (surrogate?.remarks(on: dataset) ?? []).map { "the network of --transferred-from: \($0)" })
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, PoolResults>
  ) throws -> (results: PoolResults, evidence: PoolEvidence) {
    let (folder, progress, numbers) = (run.folder, run.progress, material.numbers)
    if startsFresh { try folder.remove(PoolPart.folderName) }
    let place = try folder.folder(PoolPart.folderName)
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "pool": Self.revision])
    let evidence = try configuration.model.naming {
      try PoolEvidence(
        plan: PoolPlan(configuration), parts: parts(material, kept, in: place, progress),
        norm: configuration.norm)
    }
    let probabilities = try configuration.model.naming {
      EvaluationWarning.outputs(
        try material.engine.logits(of: material.dataset.heldOut.tensor(of: numbers.prefix(64))))
    }
    try progress(.stage("comparing"))
    let surrogateName = material.surrogate?.network.graph.architecture.name
    let results = PoolResults(
      dataName: material.dataset.name, modelName: material.model.network.graph.architecture.name,
      modelChecksum: try material.model.checksum, surrogateName: surrogateName,
      surrogateChecksum: try material.surrogate?.checksum, norm: configuration.norm,
      epsilon: configuration.epsilon, goal: configuration.goal, seed: configuration.seed,
      imageCount: numbers.count, heldOutCount: material.dataset.heldOut.count,
      cleanAccuracy: evidence.parts[0].summary.cleanAccuracy, attacks: evidence.attacks(),
      best: evidence.best(),
      warnings: (probabilities.map { [$0.sentence] } ?? [])
        + evidence.warnings(surrogateName: surrogateName))
    try writeBest(of: evidence, material.dataset.heldOut, numbers, place, to: folder)
    return (results, evidence)
  }

  public func exhibits(
    _ results: PoolResults, _ evidence: PoolEvidence, _ material: Material
  ) throws -> Exhibits {
    PoolExhibits(
      results: results, evidence: evidence, classNames: material.dataset.heldOut.classNames,
      remarkLines: DataRecord(material.dataset).remarkLines
    ).exhibits
  }

  /// Raised when a part of the same settings holds other numbers than before.
  static let revision = 1

  // MARK: The attacks

  /// Runs every attack that is not kept from an earlier run.
  private func parts(
    _ material: Material, _ kept: KeptParts, in place: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> [PoolPart] {
    let checksum = try material.model.checksum
    let surrogateChecksum = try material.surrogate?.checksum
    let listener = ProgressListener(progress)
    let entries = PoolPlan(configuration).all
    return try entries.enumerated().map { index, entry in
      var checksums = ["data": material.dataset.checksum, "model": checksum]
      // The other attacks do not depend on the surrogate.
      if entry.role == .transferred { checksums["surrogate"] = surrogateChecksum }
      let settings = PoolPart.Settings(
        entry: entry, norm: configuration.norm, goal: configuration.goal, imageCount: material.numbers.count,
        seed: configuration.seed)
      let files = [PoolPart.imagesName(entry)]
      let stage = "\(entry.words), \(index + 1) of \(entries.count)"
      if let known = try kept.known(
        PoolPart.self, PoolPart.name(entry), in: place, checksums: checksums, settings: settings,
        files: files)
      {
        try progress(.stage("\(stage): kept from an earlier run"))
        return known
      }
      try progress(.stage("\(stage): attacking \(material.numbers.count) held-out images"))
      let part = try measure(entry, material, in: place, listener)
      try kept.keep(
        part, PoolPart.name(entry), in: place, checksums: checksums, settings: settings, files: files)
      return part
    }
  }

  /// The number of images attacked together: as floats about 16 MB, and enough to keep every worker busy.
  private static func portion(of images: LabelledImages) -> Int {
    max(64, min(256, (1 << 22) / images.shape.pixelCount))
  }

  private func measure(
    _ entry: PoolEntry, _ material: Material, in place: RunFolder, _ listener: ProgressListener
  ) throws -> PoolPart {
    let (images, numbers) = (material.dataset.heldOut, material.numbers)
    let shape = images.shape
    let file = place.file(PoolPart.imagesName(entry))
    let store = try NPYRowWriter(shape: [numbers.count, shape.channels, shape.height, shape.width], to: file)
    var attacked: [AttackedImage] = []
    var cost = ClassifierCost(forwards: 0, backwards: 0)
    let start = ContinuousClock.now
    for piece in Workers.pieces(of: numbers.count, length: Self.portion(of: images)) {
      try listener.tell(.step(done: piece.lowerBound, total: numbers.count, unit: "images"))
      let rows = Array(numbers[piece])
      let evaluation = try evaluation(
        of: entry,
        AttackBatch(
          images: images.tensor(of: rows), labels: rows.map { images.labels[$0] }, imageIDs: rows), material,
        listener)
      try store.append(evaluation.returnedImages)
      attacked += evaluation.images
      if let part = evaluation.cost { cost = cost + part }
    }
    try listener.tell(.step(done: numbers.count, total: numbers.count, unit: "images"))
    try store.finish()
    return PoolPart(
      entry: entry, images: attacked, cost: cost, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func evaluation(
    of entry: PoolEntry, _ batch: AttackBatch, _ material: Material, _ listener: ProgressListener
  ) throws -> Evaluation {
    let goal = material.targets.map {
      ThreatModel.Goal.targeted(
        $0.targets(
          labels: batch.labels, imageIDs: batch.imageIDs,
          classCount: material.dataset.heldOut.classNames.count))
    }
    let threatModel = ThreatModel(
      norm: configuration.norm, epsilon: entry.epsilon ?? .infinity, goal: goal ?? .untargeted)
    let attack = entry.method.attack(
      seed: configuration.seed, workerCount: workerCount, startingImages: material.startingImages)
    let classifier = ListeningClassifier(base: material.engine, listener: listener)
    guard entry.role == .transferred, let surrogate = material.surrogateEngine else {
      return try Evaluation(of: attack, on: batch, under: threatModel, classifier: classifier)
    }
    return try Evaluation(
      of: TransferredAttack(attack, from: ListeningClassifier(base: surrogate, listener: listener)),
      on: batch, under: threatModel, classifier: classifier)
  }

  // MARK: The best results

  private func writeBest(
    of evidence: PoolEvidence, _ images: LabelledImages, _ numbers: [Int], _ place: RunFolder,
    to folder: RunFolder
  ) throws {
    var best = images.tensor(of: numbers)
    for (index, entry) in evidence.plan.entries.enumerated() {
      let rows = evidence.winners.indices.filter { evidence.winners[$0] == index }
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
