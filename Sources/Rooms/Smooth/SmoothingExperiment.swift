import Adversarial
import Datasets
import Figures
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Randomized smoothing: accuracy, certified radii and robust accuracy of the majority class over noisy copies of an
/// image. Cohen, Rosenfeld, Kolter (2019). <https://arxiv.org/abs/1902.02918>
///
/// | file | content |
/// | --- | --- |
/// | `figures/certified-accuracy.png` | certified accuracy by radius, and robust accuracy under attack |
/// | `figures/noise.png` | a few images with the noise that the network classifies them under |
/// | `certified.csv`, `attacked.csv`, `smoothing.csv` | every image; every attacked image; the numbers of the figure |
/// | `parts/` | certificates and attacks, from which an interrupted run resumes |
/// | `run.json` | configuration, environment, results |
public struct SmoothingExperiment: Experiment {
  /// A network and the noise that it is smoothed with.
  public struct Level: Codable, Equatable, Sendable {
    var model: ModelSource
    /// σ, in units of pixels.
    var deviation: Double

    package init(model: ModelSource, deviation: Double) {
      (self.model, self.deviation) = (model, deviation)
    }
  }

  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    /// At least one.
    var levels: [Level]
    /// The number of held-out images, a random sample; nil: all of them.
    var imageCount: Int?
    /// n₀
    var selectionCount: Int
    /// n, of a certificate and of a prediction under attack.
    var estimationCount: Int
    /// α of each certificate and of each prediction.
    var alpha: Double
    /// ℓ2 budgets of the attacks, ascending; empty: no attack.
    var epsilons: [Double]
    /// Steps of projected gradient descent.
    var stepCount: Int
    /// m, the noisy copies whose mean loss the attack maximises.
    var attackDrawCount: Int
    var seed: UInt64

    package init(
      data: DataSource, levels: [Level], imageCount: Int? = 200, selectionCount: Int = 100,
      estimationCount: Int = 1000, alpha: Double = 0.001, epsilons: [Double] = [0.5, 1, 1.5, 2],
      stepCount: Int = 20, attackDrawCount: Int = 16, seed: UInt64 = 1
    ) {
      self.data = data
      self.levels = levels
      self.imageCount = imageCount
      self.selectionCount = selectionCount
      self.estimationCount = estimationCount
      self.alpha = alpha
      self.epsilons = epsilons
      self.stepCount = stepCount
      self.attackDrawCount = attackDrawCount
      self.seed = seed
    }
  }

  public let configuration: Configuration
  public let workerCount: Int
  /// Whether the results of an earlier run are discarded instead of resumed.
  let startsFresh: Bool

  package init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  public static let name = "smooth"

  static let partsFolder = "parts"
  /// Raised when a part of the same settings holds other numbers than before.
  package static let revision = 1

  /// A network that has been loaded, with its noise.
  struct Subject {
    let number: Int
    let deviation: Double
    let model: Model
    let checksum: String
    let engine: Engine

    var words: String { "\(model.network.graph.architecture.name), σ = \(deviation)" }
  }

  public struct Material {
    let dataset: Dataset
    /// One for each level.
    let subjects: [Subject]
    /// Numbers of the held-out images.
    let numbers: [Int]
  }

  /// The images of one level, and the results of each attack on them.
  typealias Measured = (images: [SmoothedImage], attacks: [SmoothingAttackPart])

  public struct Evidence {
    /// One for each level.
    let measured: [Measured]
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels(configuration.levels.map(\.model), shown: configuration.data, progress)
  }

  /// - Throws: ``NetworkError`` where a network does not fit the images.
  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<SmoothingExperiment> {
    var remarks: [String] = []
    for model in given.models {
      try model.check(fits: given.dataset.heldOut)
      remarks += model.remarks(on: given.dataset).filter { !remarks.contains($0) }
    }
    var resolved = configuration
    resolved.data = given.data
    return Prepared(
      material: Material(
        dataset: given.dataset, subjects: try subjects(given.models),
        numbers: try given.dataset.heldOut.numbers(
          drawing: configuration.imageCount, seed: configuration.seed, progress)),
      configuration: resolved, dataset: given.dataset, remarks: remarks)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, SmoothingResults>
  ) throws -> (results: SmoothingResults, evidence: Evidence) {
    let (folder, progress, dataset) = (run.folder, run.progress, material.dataset)
    if startsFresh { try folder.remove(Self.partsFolder) }
    let parts = try folder.folder(Self.partsFolder)
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "smooth": Self.revision])
    var levels: [SmoothingResults.Level] = []
    var measured: [Measured] = []
    for subject in material.subjects {
      let part = try certified(subject, material.numbers, of: dataset, in: parts, kept, progress)
      let attacks = try configuration.epsilons.map {
        try attacked(subject, part, epsilon: $0, dataset, in: parts, kept, progress)
      }
      measured.append((part.images, attacks))
      levels.append(
        SmoothingResults.Level(
          model: subject.model, checksum: subject.checksum, deviation: subject.deviation, part: part,
          attacks: attacks, configuration))
    }
    return (
      SmoothingResults(
        dataName: dataset.name, heldOutCount: dataset.heldOut.count, levels: levels, configuration),
      Evidence(measured: measured)
    )
  }

  public func exhibits(
    _ results: SmoothingResults, _ evidence: Evidence, _ material: Material
  ) throws -> Exhibits {
    SmoothingExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset),
      measured: evidence.measured, engines: material.subjects.map(\.engine), images: material.dataset.heldOut,
      numbers: material.numbers
    ).exhibits
  }

  private func subjects(_ models: [Model]) throws -> [Subject] {
    var engines: [String: Engine] = [:]
    return try zip(configuration.levels, models).enumerated().map { number, pair in
      let checksum = try pair.1.checksum
      let engine =
        try engines[checksum] ?? Engine(running: pair.1.network, workerCount: workerCount)
      engines[checksum] = engine
      return Subject(
        number: number + 1, deviation: pair.0.deviation, model: pair.1, checksum: checksum, engine: engine)
    }
  }

  // MARK: Certificates

  private func certified(
    _ subject: Subject, _ numbers: [Int], of dataset: Dataset, in parts: RunFolder, _ kept: KeptParts,
    _ progress: @escaping ProgressHandler
  ) throws -> SmoothingPart {
    let (checksums, settings) = (checksums(subject, dataset), settings(subject))
    let name = "certificates-\(subject.number).json"
    var part = SmoothingPart(images: [])
    if let known = try kept.known(
      SmoothingPart.self, name, in: parts, checksums: checksums, settings: settings),
      known.images.count <= numbers.count
    {
      part = known
    }
    guard part.images.count < numbers.count else { return part }
    let drawCount = configuration.selectionCount + configuration.estimationCount
    try progress(
      .stage(
        "\(subject.words): classifying \(drawCount) noisy copies of each of \(numbers.count) held-out images"
      ))
    let smoothed = SmoothedClassifier(
      subject.engine, deviation: subject.deviation, seed: configuration.seed, workerCount: workerCount)
    // A part is kept every few seconds.
    let portion = max(1, Self.keptDraws / drawCount)
    while part.images.count < numbers.count {
      let done = part.images.count
      let chosen = Array(numbers[done..<min(done + portion, numbers.count)])
      let images = dataset.heldOut.tensor(of: chosen)
      let base = Prediction.rows(of: try subject.engine.logits(of: images))
      let certificates = try smoothed.certificates(
        of: images, imageIDs: chosen, selectionCount: configuration.selectionCount,
        count: configuration.estimationCount, alpha: configuration.alpha
      ) { draws in
        try progress(.step(done: done + draws / drawCount, total: numbers.count, unit: "images"))
      }
      for (place, number) in chosen.enumerated() {
        part.images.append(
          SmoothedImage(
            imageID: number, label: dataset.heldOut.labels[number], basePrediction: base[place].label,
            certificate: certificates[place]))
      }
      try kept.keep(part, name, in: parts, checksums: checksums, settings: settings)
    }
    return part
  }

  private func checksums(_ subject: Subject, _ dataset: Dataset) -> [String: String] {
    ["data": dataset.checksum, "model": subject.checksum]
  }

  private func settings(_ subject: Subject) -> SmoothingPart.Settings {
    SmoothingPart.Settings(
      deviation: subject.deviation, imageCount: configuration.imageCount,
      selectionCount: configuration.selectionCount, estimationCount: configuration.estimationCount,
      alpha: configuration.alpha, seed: configuration.seed)
  }

  private static let keptDraws = 20_000

  // MARK: Attacks

  private func attacked(
    _ subject: Subject, _ part: SmoothingPart, epsilon: Double, _ dataset: Dataset,
    in parts: RunFolder, _ kept: KeptParts, _ progress: @escaping ProgressHandler
  ) throws -> SmoothingAttackPart {
    try kept.kept(
      "attack-\(subject.number)-\(epsilon).json", in: parts, checksums: checksums(subject, dataset),
      settings: SmoothingAttackPart.Settings(
        smoothing: settings(subject), epsilon: epsilon, stepCount: configuration.stepCount,
        drawCount: configuration.attackDrawCount)
    ) {
      try attack(subject, part, epsilon: epsilon, dataset.heldOut, progress)
    }
  }

  private func attack(
    _ subject: Subject, _ part: SmoothingPart, epsilon: Double, _ images: LabelledImages,
    _ progress: @escaping ProgressHandler
  ) throws -> SmoothingAttackPart {
    let threatModel = ThreatModel(norm: .l2, epsilon: Float(epsilon))
    let words = "\(subject.words): PGD, ℓ2 ≤ \(Numbers.plain(epsilon))"
    // Interruptible at every pass, since a portion of the attack takes long.
    let listener = ProgressListener(progress)
    let listening = ListeningClassifier(base: subject.engine, listener: listener)
    let attack = AttackInPortions(
      attack: ProjectedGradientDescent(stepCount: configuration.stepCount, start: .image),
      portion: Self.portion,
      progress: { try listener.tell($0) })

    try progress(.stage("\(words), on the network without noise"))
    let all = Self.batch(part.images, of: images)
    let base = try Evaluation(of: attack, on: all, under: threatModel, classifier: listening)

    let right = part.images.filter { $0.label(alpha: configuration.alpha) == $0.label }
    try progress(.stage("\(words), on the smoothed classifier, \(right.count) images"))
    let total = right.count * configuration.estimationCount
    let evaluation = try SmoothedEvaluation(
      of: attack, on: Self.batch(right, of: images), under: threatModel,
      surrogate: NoiseAverage(
        listening, deviation: subject.deviation, drawCount: configuration.attackDrawCount,
        seed: configuration.seed),
      smoothed: SmoothedClassifier(
        subject.engine, deviation: subject.deviation, seed: configuration.seed, workerCount: workerCount),
      count: configuration.estimationCount, alpha: configuration.alpha
    ) { try progress(.step(done: $0, total: total, unit: "noisy copies")) }
    return SmoothingAttackPart(
      epsilon: epsilon, evaluation: evaluation,
      baseLost: base.images.filter { $0.verdict == .succeeded }.map(\.imageID))
  }

  /// Images attacked between two reports of progress.
  private static let portion = 64

  private static func batch(_ images: [SmoothedImage], of source: LabelledImages) -> AttackBatch {
    AttackBatch(
      images: source.tensor(of: images.map(\.imageID)), labels: images.map(\.label),
      imageIDs: images.map(\.imageID))
  }
}
