import Adversarial
import Datasets
import Figures
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Attacks a model's held-out images and leaves the images, a table of verdicts and figures.
///
/// | file | content |
/// | --- | --- |
/// | `adversarial.png` | the sheet: a random sample of the attacked images |
/// | `adversarial/00042.png` | the sheet's adversarial images at their own size, 8 bits |
/// | `triptychs/00042.png` | the sheet's images one by one, enlarged |
/// | `adversarial.npy` | returned images `[count, channels, height, width]`, float32; the original where no attack succeeded |
/// | `image_ids.npy` | the number of each in the held-out part of the data |
/// | `results.csv` | a row for each, in the same order |
/// | `distortions.csv` | of the successes, in every measure: mean, quartiles, extremes |
/// | `figures/robust-accuracy.png`, `figures/distortions.png` | what is left at each distance, and how far images had to go; of attacks without a budget |
/// | `figures/queries.png`, `queries.csv` | what it had after so many queries; of black-box attacks |
/// | `run.json` | configuration, environment, summary |
public struct AttackExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    public var method: AttackMethod
    public var norm: Norm
    /// Radius of the ball, pixels in [0, 1]; in L0 the number of pixels, in all their channels. nil: none, the attack
    /// looks for the smallest perturbation.
    public var epsilon: Float?
    public var goal: AttackGoal
    /// How many held-out images, drawn at random; nil: all of them.
    public var imageCount: Int?
    /// How many of the attacked images are drawn.
    public var figureCount: Int
    /// Of the images drawn, of random targets, starts and noise.
    public var seed: UInt64
    /// Whether distances that no attack can undercut are computed too.
    public var hasBounds: Bool

    public init(
      model: ModelSource, data: DataSource, method: AttackMethod = .fastGradientSign, norm: Norm = .linf,
      epsilon: Float?, goal: AttackGoal = .untargeted, imageCount: Int? = nil, figureCount: Int = 12,
      seed: UInt64 = 1, hasBounds: Bool = false
    ) {
      precondition(
        epsilon.map { $0 >= 0 && $0.isFinite } ?? true, "epsilon must be finite and non-negative")
      precondition(
        (epsilon == nil) == (method.kind.search == .smallest),
        "\(method.kind.rawValue) \(epsilon == nil ? "needs a budget" : "takes no budget")")
      precondition(method.kind.norms.contains(norm), "\(method.kind.rawValue) is not defined for \(norm)")
      precondition(imageCount.map { $0 > 0 } ?? true, "there must be images to attack")
      precondition(figureCount >= 0, "a figure cannot have \(figureCount) images")
      self.model = model
      self.data = data
      self.method = method
      self.norm = norm
      self.epsilon = epsilon
      self.goal = goal
      self.imageCount = imageCount
      self.figureCount = figureCount
      self.seed = seed
      self.hasBounds = hasBounds
    }

    /// ε of the threat model, which in L0 counts values: a pixel has one for each channel.
    package func radius(for shape: ImageShape) -> Float {
      let epsilon = epsilon ?? .infinity
      return norm == .l0 ? epsilon * Float(shape.channels) : epsilon
    }
  }

  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    /// The attack's name: `fgsm`.
    public var attack: String
    public var imageCount: Int
    public var summary: EvaluationSummary
    /// Of the successes; empty when there is none.
    public var distortions: [DistortionSummary]
    /// Successes that an 8-bit file can hold, some after a push back over the boundary.
    public var saved: Proportion
    /// Median over the successes of the cosine between perturbation and gradient of the margin: 1 at a nearest point in
    /// L2. Nil for other norms, and without a success.
    public var optimality: Double?
    /// What no attack can undercut; nil where it was not asked for.
    public var bounds: DistanceBounds?
    /// Whether `figures/` holds what is left at each distance.
    public var hasCharts: Bool
    /// What makes these numbers say less than they seem to.
    public var warnings: [String]
    /// Wilson's interval of the success rate; nil when nothing could be attacked.
    public var successInterval95: [Double]?
    /// The summary in words, denominators stated.
    public var sentence: String
    /// Numbers of the images in the figures.
    public var shownImages: [Int]
    /// Those of them that fool the network: the ones in `adversarial/`.
    public var savedImages: [Int]
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  /// - Throws: ``UnknownClass``, and what loading, the engine and writing throw. Before the first file is written
  ///   data and model have been read and found to fit.
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
    let targets = try configuration.goal.targets(classNames: images.classNames, seed: configuration.seed)
    let data = DataRecord(dataset)
    let record = RunRecord<Configuration, Results>(
      experiment: "attack", configuration: configuration, workerCount: workerCount, data: data)
    let numbers = try images.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    let startingImages = try StartingImages.drawn(
      from: dataset.training, for: [configuration.method.kind], isTargeted: targets != nil,
      seed: configuration.seed, progress)
    let run = try Run(
      record, on: dataset, in: folder, remarks: model.remarks(on: dataset), keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)
    let shape = images.shape
    let store = try NPYRowWriter(
      shape: [numbers.count, shape.channels, shape.height, shape.width], to: folder.file("adversarial.npy"))
    let (findings, sample) = try configuration.model.naming {
      try attack(
        model, images, numbers, targets, startingImages, storingIn: store, progress)
    }
    let attacked = findings.images
    let bounds =
      try configuration.hasBounds
      ? distanceBounds(of: model.network, images, numbers, findings, progress) : nil
    // Not before: until every image was attacked, an earlier run's files stay as they are.
    try run.begin()
    try store.finish()
    let summary = EvaluationSummary(of: attacked, cost: findings.cost)
    let results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      attack: findings.attackName, imageCount: numbers.count, summary: summary,
      distortions: DistortionMeasure.allCases.compactMap { DistortionSummary(of: attacked, measure: $0) },
      saved: findings.saved,
      optimality: configuration.norm == .l2 ? Statistics.median(findings.cosines) : nil,
      bounds: bounds, hasCharts: configuration.epsilon == nil && (summary.medianL2 ?? 0) > 0,
      warnings: (findings.warnings + EvaluationWarning.alone(summary)).map(\.sentence),
      successInterval95: summary.success.interval95.map { [$0.lowerBound, $0.upperBound] },
      sentence: summary.sentence, shownImages: sample.items.map(\.image.imageID),
      savedImages: sample.items.filter { $0.saved != nil }.map(\.image.imageID))

    try run.measured(results)
    try NPYFile(shape: [numbers.count], elements: .integers(numbers)).write(to: folder.file("image_ids.npy"))
    try AttackTable.table(
      of: attacked, repairs: findings.repairs, bounds: bounds?.ofImages, classNames: images.classNames
    ).write(to: folder.file("results.csv"))
    try AttackTable.distortions(results.distortions).write(to: folder.file("distortions.csv"))
    let charts = AttackCharts(configuration: configuration, results: results, data: data, images: attacked)
    try charts.writeTable(in: folder)
    try progress(.stage("drawing \(results.shownImages.count) of the attacked images"))
    try AttackFigures(
      configuration: configuration, results: results, data: data, classNames: images.classNames,
      imageShape: images.shape, sample: sample
    ).write(in: folder)
    try charts.write(in: folder)
    try run.complete(with: results)
    return results
  }

  /// What attacking one portion after the other adds up to.
  private struct Findings {
    let attackName: String
    var images: [AttackedImage] = []
    var repairs: [EightBitRepair.Outcome?] = []
    var cosines: [Double] = []
    var cost = ClassifierCost(forwards: 0, backwards: 0)
    var warnings: [EvaluationWarning] = []

    var saved: Proportion {
      let outcomes = repairs.compactMap(\.self)
      return Proportion(outcomes.count { $0 != .lost }, of: outcomes.count)
    }
  }

  /// Attacks some images after the other, so that only so many are in memory as floats.
  private func attack(
    _ model: Model, _ images: LabelledImages, _ numbers: [Int], _ targets: TargetChoice?,
    _ startingImages: StartingImages?, storingIn store: NPYRowWriter, _ progress: @escaping ProgressHandler
  ) throws -> (Findings, sample: AttackSample) {
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let listener = ProgressListener(progress)
    let method = configuration.method.attack(
      seed: configuration.seed, workerCount: workerCount, startingImages: startingImages)
    var findings = Findings(attackName: method.name)
    if let warning = EvaluationWarning.outputs(
      try engine.logits(of: images.tensor(of: numbers.prefix(64))))
    {
      findings.warnings.append(warning)
      try progress(.warning(warning.sentence))
    }
    try progress(.stage("attacking \(numbers.count) held-out images: \(method.name), \(budget)"))
    var sample = AttackSample(capacity: configuration.figureCount, seed: configuration.seed)
    let portion = portion(of: images.shape)
    try listener.tell(.step(done: 0, total: numbers.count, unit: "images"))
    for start in stride(from: 0, to: numbers.count, by: portion) {
      let rows = Array(numbers[start..<min(start + portion, numbers.count)])
      let batch = AttackBatch(
        images: images.tensor(of: rows), labels: rows.map { images.labels[$0] }, imageIDs: rows)
      let goal = targets.map {
        ThreatModel.Goal.targeted(
          $0.targets(labels: batch.labels, imageIDs: rows, classCount: images.classNames.count))
      }
      let evaluation = try Evaluation(
        of: method, on: batch,
        under: ThreatModel(
          norm: configuration.norm, epsilon: configuration.radius(for: images.shape),
          goal: goal ?? .untargeted),
        classifier: ListeningClassifier(base: engine, listener: listener))
      let repair = try EightBitRepair(of: evaluation, on: batch, classifier: engine)
      try store.append(evaluation.returnedImages)
      sample.add(evaluation, repair, of: batch)
      findings.images += evaluation.images
      findings.repairs += repair.outcomes
      if let cost = evaluation.cost { findings.cost = findings.cost + cost }
      if configuration.norm == .l2 {
        findings.cosines += try OptimalityCertificate(of: evaluation, on: batch, classifier: engine).cosines
          .compactMap(\.self)
      }
      try listener.tell(.step(done: findings.images.count, total: numbers.count, unit: "images"))
    }
    return (findings, sample)
  }

  private func distanceBounds(
    of network: Network, _ images: LabelledImages, _ numbers: [Int], _ findings: Findings,
    _ progress: ProgressHandler
  ) throws -> DistanceBounds {
    try progress(.stage("bounding the distances from below"))
    let engine = try Engine(running: network, workerCount: workerCount)
    return try DistanceBounds(
      of: network, by: engine, images: images, numbers: numbers, attacked: findings.images,
      norm: configuration.norm)
  }

  private var budget: String {
    guard let epsilon = configuration.epsilon else { return "the smallest \(configuration.norm)" }
    let text = Numbers.epsilon(epsilon)
    return configuration.norm == .l0
      ? "\(text) \(epsilon == 1 ? "pixel" : "pixels")" : "\(configuration.norm) ≤ \(text)"
  }

  /// Images attacked together: about 16 MB of pixels, and enough to keep every worker busy; fewer where an image takes
  /// long, so that progress is seen and Ctrl-C heard.
  private func portion(of shape: ImageShape) -> Int {
    let kind = configuration.method.kind
    // A black box is asked thousands of times about each.
    let limit = kind.knowledge.isBlackBox ? 64 : kind.search == .smallest ? 256 : 1024
    return max(64, min(limit, (1 << 22) / shape.pixelCount))
  }
}

extension AttackExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(successInterval95, "successInterval95")
  }
}
