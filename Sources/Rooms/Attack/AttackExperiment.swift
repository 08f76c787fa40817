import Adversarial
import Attacks
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Attacks a model's held-out images and leaves the images, a table of verdicts and figures.
///
/// | file | content |
/// | --- | --- |
/// | `adversarial.png` | a random sample of the attacked images |
/// | `adversarial/00042.png` | the sample's adversarial images at their own size, 8 bits |
/// | `triptychs/00042.png` | the sample's images one by one, enlarged |
/// | `adversarial.npy` | returned images `[count, channels, height, width]`, float32; the original where no attack succeeded |
/// | `image_ids.npy` | the number of each in the held-out part of the data |
/// | `results.csv` | a row for each, in the same order |
/// | `distortions.csv` | of the successes, in every measure: mean, quartiles, extremes |
/// | `figures/robust-accuracy.png`, `figures/distortions.png` | of attacks without a budget |
/// | `figures/queries.png`, `queries.csv` | of black-box attacks |
/// | `run.json` | configuration, environment, summary |
public struct AttackExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    public var method: AttackMethod
    public var norm: Norm
    /// Radius of the ball, pixels in [0, 1]; in L0 the number of pixels, in all their channels. nil: none, the attack
    /// looks for the smallest perturbation.
    public var epsilon: Float?
    public var goal: AttackGoal
    /// The number of held-out images to attack, drawn at random; nil: all of them.
    public var imageCount: Int?
    /// The number of attacked images to draw.
    public var figureCount: Int
    /// Seed of the images drawn, of random targets, starts and noise.
    public var seed: UInt64
    /// Whether certified lower bounds on the distances are computed too.
    public var hasBounds: Bool

    package init(
      model: ModelSource, data: DataSource, method: AttackMethod, norm: Norm, epsilon: Float?,
      goal: AttackGoal = .untargeted, imageCount: Int? = nil, figureCount: Int = 12, seed: UInt64 = 1,
      hasBounds: Bool = false
    ) {
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
    func radius(for shape: ImageShape) -> Float {
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
    /// Successes that an 8-bit file can hold, some after repair by single 8-bit steps.
    public var saved: Proportion
    /// Median over the successes of the cosine between perturbation and gradient of the margin: 1 at a nearest point in
    /// L2. nil for other norms, and without a success.
    public var optimality: Double?
    /// Certified lower bounds; nil where they were not asked for.
    public var bounds: DistanceBounds?
    /// Whether `figures/` holds the robust accuracy at each distance.
    public var hasCharts: Bool
    /// What makes these numbers say less than they seem to.
    public var warnings: [String]
    /// Wilson's interval of the success rate; nil when nothing could be attacked.
    public var successInterval95: [Double]?
    /// The first finding.
    public var sentence: String
    /// Numbers of the images in the figures.
    public var shownImages: [Int]
    /// Those of them that fool the network: the ones in `adversarial/`.
    public var savedImages: [Int]
  }

  /// What no record holds of the images.
  public struct Evidence {
    let rows: [AttackTable.Row]
    let sample: AttackSample
  }

  public typealias Material = AttackMaterial

  public let configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  public static let name = "attack"
  public static let keepsEarlier = true

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  /// - Throws: ``UnknownClass``, ``NoStartingImages``.
  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<AttackExperiment> {
    let targets = try targets(among: given.dataset.heldOut.classNames)
    let material = try AttackMaterial(given, configuration, isTargeted: targets != nil, progress)
    var resolved = configuration
    resolved.data = given.data
    return Prepared(
      material: material, configuration: resolved, dataset: given.dataset,
      remarks: material.model.remarks(on: given.dataset))
  }

  private func targets(among classNames: [String]) throws -> TargetChoice? {
    try configuration.goal.targets(classNames: classNames, seed: configuration.seed)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Evidence) {
    let (folder, shape) = (run.folder, material.images.shape)
    let store = try NPYRowWriter(
      shape: [material.numbers.count, shape.channels, shape.height, shape.width],
      to: folder.file("adversarial.npy"))
    let (attacked, sample) = try configuration.model.naming {
      try attack(material, storingIn: store, run.progress)
    }
    let bounds = configuration.hasBounds ? try bounds(material, attacked, run.progress) : nil
    // Not before: until every image was attacked, an earlier run's files stay as they are.
    try run.begin()
    try AttackSheet.removeEarlier(in: folder)
    try store.finish()
    try NPYFile(shape: [material.numbers.count], elements: .integers(material.numbers)).write(
      to: folder.file("image_ids.npy"))
    let summary = EvaluationSummary(of: attacked.images, cost: attacked.cost)
    let results = Results(
      modelName: material.model.network.graph.architecture.name,
      modelChecksum: try material.model.checksum,
      attack: attacked.attackName, imageCount: material.numbers.count, summary: summary,
      distortions: DistortionMeasure.allCases.compactMap {
        DistortionSummary(of: attacked.images, measure: $0)
      },
      saved: attacked.saved,
      optimality: configuration.norm == .l2 ? Statistics.median(attacked.cosines) : nil,
      bounds: bounds, hasCharts: configuration.epsilon == nil && (summary.medianL2 ?? 0) > 0,
      warnings: (attacked.warnings + EvaluationWarning.alone(summary)).map(\.sentence),
      successInterval95: summary.success.interval95.map { [$0.lowerBound, $0.upperBound] },
      sentence: AttackExhibits.headline(of: summary, configuration),
      shownImages: sample.items.map(\.image.imageID),
      savedImages: sample.items.filter { $0.saved != nil }.map(\.image.imageID))
    let rows = attacked.images.indices.map { index in
      AttackTable.Row(
        image: attacked.images[index], repair: attacked.repairs[index], bound: bounds?.ofImages[index])
    }
    return (results, Evidence(rows: rows, sample: sample))
  }

  public func exhibits(
    _ results: Results, _ evidence: Evidence, _ material: Material
  ) throws -> Exhibits {
    AttackExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset),
      classNames: material.images.classNames, imageShape: material.images.shape, evidence: evidence
    ).exhibits
  }

  // MARK: The attack

  /// What attacking one portion after the other adds up to.
  private struct Attacked {
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

  /// Attacks some images after the others, so that only so many are in memory as floats.
  private func attack(
    _ material: Material, storingIn store: NPYRowWriter, _ progress: @escaping ProgressHandler
  ) throws -> (Attacked, sample: AttackSample) {
    let (images, numbers) = (material.images, material.numbers)
    let targets = try targets(among: images.classNames)
    let engine = try Engine(running: material.model.network, workerCount: workerCount)
    let listener = ProgressListener(progress)
    let method = configuration.method.attack(
      seed: configuration.seed, workerCount: workerCount, startingImages: material.startingImages)
    var attacked = Attacked(attackName: method.name)
    if let warning = EvaluationWarning.outputs(
      try engine.logits(of: images.tensor(of: numbers.prefix(64))))
    {
      attacked.warnings.append(warning)
      try progress(.warning(warning.sentence))
    }
    try progress(
      .stage("attacking \(numbers.count) held-out images: \(method.name), \(configuration.budget)"))
    var sample = AttackSample(capacity: configuration.figureCount, seed: configuration.seed)
    let portion = portion(of: images.shape)
    try listener.tell(.step(done: 0, total: numbers.count, unit: "images"))
    for start in stride(from: 0, to: numbers.count, by: portion) {
      let batch = material.batch(Array(numbers[start..<min(start + portion, numbers.count)]))
      let goal = targets.map {
        ThreatModel.Goal.targeted(
          $0.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: images.classNames.count))
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
      attacked.images += evaluation.images
      attacked.repairs += repair.outcomes
      if let cost = evaluation.cost { attacked.cost = attacked.cost + cost }
      if configuration.norm == .l2 {
        attacked.cosines += try OptimalityCertificate(of: evaluation, on: batch, classifier: engine).cosines
          .compactMap(\.self)
      }
      try listener.tell(.step(done: attacked.images.count, total: numbers.count, unit: "images"))
    }
    return (attacked, sample)
  }

  private func bounds(
    _ material: Material, _ attacked: Attacked, _ progress: ProgressHandler
  ) throws -> DistanceBounds {
    try progress(.stage("computing certified lower bounds on the distances"))
    let network = material.model.network
    return try DistanceBounds(
      of: network, by: Engine(running: network, workerCount: workerCount), images: material.images,
      numbers: material.numbers, attacked: attacked.images, norm: configuration.norm)
  }

  /// The number of images attacked together: about 16 MB of pixels, and enough to keep every worker busy; fewer where an
  /// image takes long, so that progress is seen and Ctrl-C heard.
  private func portion(of shape: ImageShape) -> Int {
    let card = configuration.method.card
    // A black box is asked thousands of times about each.
    let limit = card.access.isBlackBox ? 64 : card.hasBudget ? 1024 : 256
    return max(64, min(limit, (1 << 22) / shape.pixelCount))
  }
}

extension AttackExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(successInterval95, "successInterval95")
  }
}
