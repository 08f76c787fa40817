import Adversarial
import Datasets
import Foundation
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
/// | `run.json` | configuration, environment, summary |
public struct AttackExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var model: ModelSource
    public var data: DataSource
    public var method: AttackMethod
    public var norm: Norm
    /// Radius of the ball, pixels in [0, 1].
    public var epsilon: Float
    public var goal: AttackGoal
    /// How many held-out images, drawn at random; nil: all of them.
    public var imageCount: Int?
    /// How many of the attacked images are drawn.
    public var figureCount: Int
    /// Of the images drawn, and of random targets.
    public var seed: UInt64

    public init(
      model: ModelSource, data: DataSource, method: AttackMethod = .fastGradientSign, norm: Norm = .linf,
      epsilon: Float, goal: AttackGoal = .untargeted, imageCount: Int? = nil, figureCount: Int = 12,
      seed: UInt64 = 1
    ) {
      precondition(
        epsilon >= 0 && epsilon.isFinite, "epsilon must be finite and non-negative, got \(epsilon)")
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
    }
  }

  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    /// The attack's name: `fgsm`.
    public var attack: String
    public var imageCount: Int
    public var summary: EvaluationSummary
    /// Wilson's interval of the success rate; nil when nothing could be attacked.
    public var successInterval95: [Double]?
    /// The summary in words, denominators stated.
    public var sentence: String
    /// Numbers of the images in the figures.
    public var shownImages: [Int]
    /// Those of them that fool the network: the ones in `adversarial/`.
    public var savedImages: [Int]
  }

  public let configuration: Configuration
  public let workerCount: Int

  public init(_ configuration: Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  /// - Throws: ``UnknownClass``, and what loading, the engine and writing throw. Before the first file is written
  ///   data and model have been read and found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    let dataset = try configuration.data.load(progress)
    let model = try configuration.model.load(for: dataset.heldOut)
    return try run(model, on: dataset, in: folder, progress: progress)
  }

  func run(
    _ model: Model, on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler
  ) throws -> Results {
    let images = dataset.heldOut
    try model.check(fits: images)
    for remark in model.remarks(on: dataset) { try progress(.warning(remark)) }
    let targets = try configuration.goal.targets(classNames: images.classNames, seed: configuration.seed)
    let data = DataRecord(dataset)
    let record = RunRecord<Configuration, Results>(
      experiment: "attack", configuration: configuration, workerCount: workerCount, data: data)
    let numbers = try imageNumbers(of: images, progress)
    try folder.create()
    let shape = images.shape
    let store = try NPYRowWriter(
      shape: [numbers.count, shape.channels, shape.height, shape.width], to: folder.file("adversarial.npy"))
    let (attacked, sample) = try configuration.model.naming {
      try attack(model, images, numbers, targets, storingIn: store, progress)
    }
    // Not before: until every image was attacked, an earlier run's files stay as they are.
    try folder.write(record)
    try store.finish()
    let summary = EvaluationSummary(of: attacked)
    let results = Results(
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      attack: configuration.method.attack.name, imageCount: numbers.count, summary: summary,
      successInterval95: summary.success.interval95.map { [$0.lowerBound, $0.upperBound] },
      sentence: summary.sentence, shownImages: sample.items.map(\.image.imageID),
      savedImages: sample.items.filter(\.isAdversarial).map(\.image.imageID))

    try NPYFile(shape: [numbers.count], elements: .integers(numbers)).write(to: folder.file("image_ids.npy"))
    try AttackTable.table(of: attacked, classNames: images.classNames).write(to: folder.file("results.csv"))
    try progress(.stage("drawing \(results.shownImages.count) of the attacked images"))
    try AttackFigures(
      configuration: configuration, results: results, data: data, classNames: images.classNames,
      imageShape: images.shape, sample: sample
    ).write(in: folder)
    try folder.write(record.completed(with: results))
    return results
  }

  /// Which held-out images to attack, ascending.
  private func imageNumbers(of images: LabelledImages, _ progress: ProgressHandler) throws -> [Int] {
    guard let wanted = configuration.imageCount else { return Array(0..<images.count) }
    if wanted > images.count {
      try progress(.warning("\(wanted) images were asked for, there are \(images.count) held-out ones"))
    }
    var generator = SeededGenerator(seed: configuration.seed, purpose: "attacked images")
    return generator.sample(min(wanted, images.count), of: images.count).sorted()
  }

  /// Attacks some images after the other, so that only so many are in memory as floats.
  private func attack(
    _ model: Model, _ images: LabelledImages, _ numbers: [Int], _ targets: TargetChoice?,
    storingIn store: NPYRowWriter, _ progress: ProgressHandler
  ) throws -> (images: [AttackedImage], sample: AttackSample) {
    let engine = try Engine(running: model.network, workerCount: workerCount)
    try warnOfProbabilities(engine, images, numbers, progress)
    let method = configuration.method.attack
    try progress(.stage("attacking \(numbers.count) held-out images: \(method.name), \(budget)"))
    var attacked: [AttackedImage] = []
    var sample = AttackSample(capacity: configuration.figureCount, seed: configuration.seed)
    let portion = Self.portion(of: images.shape)
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
          norm: configuration.norm, epsilon: configuration.epsilon, goal: goal ?? .untargeted),
        classifier: engine)
      try store.append(evaluation.returnedImages)
      sample.add(evaluation, of: batch)
      attacked += evaluation.images
      try progress(.step(done: attacked.count, total: numbers.count, unit: "images"))
    }
    return (attacked, sample)
  }

  private var budget: String {
    "\(configuration.norm) ≤ \(AttackFigures.text(ofEpsilon: configuration.epsilon))"
  }

  /// Images attacked together: about 16 MB of pixels, and enough to keep every worker busy.
  private static func portion(of shape: ImageShape) -> Int {
    max(64, min(1024, (1 << 22) / shape.pixelCount))
  }

  private func warnOfProbabilities(
    _ engine: Engine, _ images: LabelledImages, _ numbers: [Int], _ progress: ProgressHandler
  ) throws {
    guard Evaluation.lookLikeProbabilities(try engine.logits(of: images.tensor(of: numbers.prefix(64))))
    else {
      return
    }
    try progress(
      .warning(
        "the network's outputs look like probabilities, not logits; the loss takes the softmax of what it is "
          + "given, so gradients are flattened and the attack looks weaker than it is"))
  }
}
