import Adversarial
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Can one inject noise at inference? The vote of a network on noisy copies of an image, with a radius that no attack
/// can undercut, and an attack that tries. Cohen, Rosenfeld, Kolter (2019). <https://arxiv.org/abs/1902.02918>
///
/// | file | content |
/// | --- | --- |
/// | `figures/certified-accuracy.png` | certified accuracy against the radius, and what an attack leaves |
/// | `figures/noise.png` | a few images as the network is shown them |
/// | `certified.csv`, `attacked.csv`, `smoothing.csv` | each image; each attacked image; the numbers of the figure |
/// | `parts/` | what a stopped run goes on from |
/// | `run.json` | configuration, environment, results |
public struct SmoothingExperiment: Sendable {
  /// A network and the noise it is smoothed with.
  public struct Level: Codable, Equatable, Sendable {
    public var model: ModelSource
    /// σ, in units of pixels.
    public var deviation: Double

    public init(model: ModelSource, deviation: Double) {
      precondition(
        deviation > 0 && deviation.isFinite, "noise has a positive, finite deviation, got \(deviation)")
      (self.model, self.deviation) = (model, deviation)
    }
  }

  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    public var levels: [Level]
    /// How many held-out images, drawn at random; nil: all of them.
    public var imageCount: Int?
    /// n₀
    public var selectionCount: Int
    /// n, of a certificate and of an answer under attack.
    public var estimationCount: Int
    /// α of each certificate and of each answer.
    public var alpha: Double
    /// Radii in L2 of the attacks; empty: none.
    public var epsilons: [Double]
    /// Steps of projected gradient descent.
    public var stepCount: Int
    /// m, the noisy copies of which the attack climbs the mean.
    public var attackDrawCount: Int
    public var seed: UInt64

    public init(
      data: DataSource, levels: [Level], imageCount: Int? = 200, selectionCount: Int = 100,
      estimationCount: Int = 1000, alpha: Double = 0.001, epsilons: [Double] = [0.5, 1, 1.5, 2],
      stepCount: Int = 20, attackDrawCount: Int = 16, seed: UInt64 = 1
    ) {
      precondition(!levels.isEmpty, "there must be a network and a deviation")
      precondition(imageCount.map { $0 > 0 } ?? true, "there must be images to smooth")
      precondition(
        selectionCount > 0 && estimationCount > 0 && stepCount > 0 && attackDrawCount > 0,
        "counts must be positive")
      precondition(0 < alpha && alpha < 1, "a level of doubt lies between 0 and 1, got \(alpha)")
      precondition(
        epsilons.allSatisfy { $0 > 0 && $0.isFinite }, "radii of attacks must be positive, got \(epsilons)")
      self.data = data
      self.levels = levels
      self.imageCount = imageCount
      self.selectionCount = selectionCount
      self.estimationCount = estimationCount
      self.alpha = alpha
      self.epsilons = Set(epsilons).sorted()
      self.stepCount = stepCount
      self.attackDrawCount = attackDrawCount
      self.seed = seed
    }
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  /// Discard what an earlier run left instead of going on with it.
  public let startsFresh: Bool

  public init(_ configuration: Configuration, workerCount: Int, startsFresh: Bool = false) {
    self.configuration = configuration
    self.workerCount = workerCount
    self.startsFresh = startsFresh
  }

  static let partsFolder = "parts"
  /// Raised when a part of the same settings holds other numbers than before.
  package static let revision = 1

  /// A level that is there.
  private struct Subject {
    let number: Int
    let deviation: Double
    let model: Model
    let checksum: String
    let engine: Engine

    var words: String { "\(model.network.graph.architecture.name), σ = \(deviation)" }
  }

  /// - Throws: What loading, the engine and writing throw. Before the first file is written data and models have been
  ///   read and found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> SmoothingResults {
    let given = try GivenModels(configuration.levels.map(\.model), shown: configuration.data, progress)
    var resolved = self
    resolved.configuration.data = given.data
    return try resolved.run(given.models, on: given.dataset, in: folder, progress: progress)
  }

  /// - Parameter models: One for each level.
  package func run(
    _ models: [Model], on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> SmoothingResults {
    let images = dataset.heldOut
    var remarks: [String] = []
    for model in models {
      try model.check(fits: images)
      remarks += model.remarks(on: dataset).filter { !remarks.contains($0) }
    }
    let subjects = try subjects(models)
    let numbers = try images.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    let record = RunRecord<Configuration, SmoothingResults>(
      experiment: "smooth", configuration: configuration, workerCount: workerCount, data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, progress)
    let (folder, progress) = (run.folder, run.progress)
    // Written only after attacks: that of an earlier run would be taken for this one's.
    if configuration.epsilons.isEmpty { try folder.remove(SmoothingReport.attackedName) }
    if startsFresh { try folder.remove(Self.partsFolder) }
    let parts = try folder.folder(Self.partsFolder)
    let kept = run.parts(revisions: ["attacks": AttackRevision.current, "smooth": Self.revision])
    var levels: [SmoothingResults.Level] = []
    var measured: [(images: [SmoothedImage], attacks: [SmoothingAttackPart])] = []
    for subject in subjects {
      let part = try certified(subject, numbers, of: dataset, in: parts, kept, progress)
      let attacks = try configuration.epsilons.map {
        try attacked(subject, part, epsilon: $0, dataset, in: parts, kept, progress)
      }
      measured.append((part.images, attacks))
      levels.append(
        SmoothingResults.Level(
          model: subject.model, checksum: subject.checksum, deviation: subject.deviation, part: part,
          attacks: attacks, configuration))
    }
    let results = SmoothingResults(
      dataName: dataset.name, heldOutCount: images.count, levels: levels, configuration)
    try run.measured(results)
    try progress(.stage("drawing"))
    try SmoothingReport(
      configuration: configuration, results: results, data: DataRecord(dataset), parts: measured
    )
    .write(engines: subjects.map(\.engine), images: images, numbers: numbers, in: folder)
    try run.complete(with: results)
    return results
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
        "\(subject.words): \(drawCount) noisy copies of each of \(numbers.count) held-out images"
      ))
    let smoothed = SmoothedClassifier(
      subject.engine, deviation: subject.deviation, seed: configuration.seed, workerCount: workerCount)
    // Kept every few seconds' worth of work.
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
    let words = "\(subject.words), ε = \(epsilon)"
    // Heard at every pass: a portion of the attack takes long.
    let listener = ProgressListener(progress)
    let listening = ListeningClassifier(base: subject.engine, listener: listener)
    let attack = AttackInPortions(
      attack: ProjectedGradientDescent(stepCount: configuration.stepCount, start: .image),
      portion: Self.portion,
      progress: { try listener.tell($0) })

    try progress(.stage("\(words): attacking the network without noise"))
    let all = Self.batch(part.images, of: images)
    let base = try Evaluation(of: attack, on: all, under: threatModel, classifier: listening)

    let right = part.images.filter { $0.label(alpha: configuration.alpha) == $0.label }
    try progress(.stage("\(words): attacking the vote, \(right.count) images"))
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

  /// Images attacked before the next word of progress.
  private static let portion = 64

  private static func batch(_ images: [SmoothedImage], of source: LabelledImages) -> AttackBatch {
    AttackBatch(
      images: source.tensor(of: images.map(\.imageID)), labels: images.map(\.label),
      imageIDs: images.map(\.imageID))
  }
}
