import Adversarial
import Datasets
import Directions
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// Can images with right labels make a network mistake one certain image? Poisons that look like the base class and have
/// the features of a target are added to the training images, and the victim is trained again.
///
/// | file | content |
/// | --- | --- |
/// | `figures/success.png` | how often the target is called the base class, and after the neighbour check |
/// | `figures/poisons.png` | base, poison and target of the first attacks |
/// | `collision.csv` | every attack |
/// | `run.json` | configuration, environment, results |
///
/// Every pair of classes is a part of its own, so a stopped run goes on where it was.
public struct CollisionExperiment: Sendable {
  /// What the victim trains again.
  public enum Victim: Codable, Equatable, Sendable {
    /// The last layer on frozen features, for the two classes alone: logistic regression on so many images of each.
    case transfer(imagesPerClass: Int, decay: Double)
    /// All layers, from the clean network's weights on, with these settings.
    case endToEnd(TrainingConfiguration)
  }

  public struct Configuration: Codable, Equatable, Sendable {
    public var data: DataSource
    /// Of the clean network, whose features the attacker knows.
    public var network: VictimTraining
    public var victim: Victim
    /// Ordered pairs of classes, drawn at random.
    public var pairCount: Int
    public var targetsPerPair: Int
    /// Poisons for one target.
    public var poisonCount: Int
    /// β; nil: the paper's.
    public var similarity: Double?
    public var stepCount: Int
    /// γ: how much the target shines through the base; 0: not at all.
    public var watermark: Double
    /// k of the check; nil: 25, or more than twice the poisons, but fewer than a class has images.
    public var neighbourCount: Int?

    public init(
      data: DataSource, network: VictimTraining,
      victim: Victim = .transfer(imagesPerClass: 100, decay: 0.001), pairCount: Int = 10,
      targetsPerPair: Int = 10,
      poisonCount: Int = 1, similarity: Double? = nil, stepCount: Int = 300, watermark: Double = 0,
      neighbourCount: Int? = nil
    ) {
      precondition(pairCount > 0 && targetsPerPair > 0 && poisonCount > 0, "there is something to attack")
      precondition((0...1).contains(watermark), "an opacity lies in 0...1, got \(watermark)")
      self.data = data
      self.network = network
      self.victim = victim
      self.pairCount = pairCount
      self.targetsPerPair = targetsPerPair
      self.poisonCount = poisonCount
      self.similarity = similarity
      self.stepCount = stepCount
      self.watermark = watermark
      self.neighbourCount = neighbourCount
    }

    /// k where each class has so many images, of which an image has one neighbour less. As many neighbours or more
    /// outvote a whole class.
    ///
    /// - Throws: ``PoisonError/tooManyNeighbours(count:classCount:)``.
    func checkedNeighbours(classCount: Int) throws -> Int {
      let count = neighbourCount ?? max(1, min(max(25, 2 * poisonCount + 1), classCount - 1))
      guard count < classCount else {
        throw PoisonError.tooManyNeighbours(count: count, classCount: classCount)
      }
      return count
    }
  }

  /// One target of one pair.
  public struct Attack: Codable, Equatable, Sendable {
    public var pair: Int
    /// Numbers of classes.
    public var base: Int
    public var target: Int
    /// Number of the held-out image.
    public var targetImage: Int
    /// Numbers of the images that the poisons were made from, among those of the clean network.
    public var baseImages: [Int]
    /// Mean over the poisons of ‖φ(b) − φ(t)‖, with the watermark, and of ‖φ(p) − φ(t)‖, after rounding to 8 bits.
    public var startDistance: Double
    public var featureDistance: Double
    /// ‖φ(x) − φ(t)‖ of the nearest image of the base class that the victim trains on.
    public var nearestBase: Double
    /// Mean of ‖p − b‖ over the poisons, b without the watermark.
    public var baseDistance: Double
    /// Mean of ‖p − t‖: where it is the smaller one, the poison looks more like the target than like its label.
    public var targetDistance: Double
    /// The target is called the base class.
    public var success: Bool
    /// The same with the starting images in the place of the poisons.
    public var controlSuccess: Bool
    /// And without the images that disagree with their neighbours; nil where the check left nothing of a class.
    public var checkedSuccess: Bool?
    /// Held-out error of the victim: on poisons, and without what the check removed.
    public var error: Proportion
    public var checkedError: Proportion?
    /// The class of which the check left nothing.
    public var removedClass: Int?
    public var removedPoisons: Int
    public var removedClean: Int
    public var trainingCount: Int
  }

  /// One pair of classes.
  public struct Pair: Codable, Equatable, Sendable {
    public var base: Int
    public var target: Int
    /// Of a victim that trained on clean images; end to end it is one victim for all pairs.
    public var cleanError: Proportion
    /// What the check removes of these, and the error without it; nil where that leaves nothing of a class.
    public var cleanRemoved: Proportion
    public var cleanCheckedError: Proportion?
    public var attacks: [Attack]
    /// Base, poison and target of the first attack, `pixelCount` values each.
    public var shown: [[Float]]
  }

  public struct Results: Codable, Sendable {
    public var dataName: String
    public var networkName: String
    public var classNames: [String]
    public var victim: Victim
    public var poisonCount: Int
    public var watermark: Double
    /// β
    public var similarity: Double
    public var neighbourCount: Int
    public var pairs: [Pair]
    public var sentences: [String]

    public var attacks: [Attack] { pairs.flatMap(\.attacks) }

    /// Of each pair of classes, what share of its attacks hits. Attacks on one pair share the victim's images, so the
    /// pairs are the sample.
    ///
    /// - Parameter isHit: nil where that cannot be said; such attacks are left out, and pairs that have no other.
    package func shares(_ isHit: (Attack) -> Bool?) -> [Double] {
      pairs.compactMap { pair in
        let said = pair.attacks.compactMap(isHit)
        return Proportion(said.count { $0 }, of: said.count).value
      }
    }
  }

  /// All that decides a pair beside its number.
  private struct Settings: Codable, Equatable {
    var network: VictimTraining
    var victim: Victim
    var targetsPerPair: Int
    var poisonCount: Int
    var similarity: Double
    var stepCount: Int
    var watermark: Double
    var neighbourCount: Int
  }

  public private(set) var configuration: Configuration
  public let workerCount: Int
  /// What somebody asked for.
  public let given: Set<Setting>

  /// A setting that gives way to what the data have where nobody gave it.
  public enum Setting: CaseIterable, Sendable { case imagesPerClass, poisonCount }

  public init(
    _ configuration: Configuration, given: Set<Setting> = Set(Setting.allCases), workerCount: Int
  ) {
    self.configuration = configuration
    self.given = given
    self.workerCount = workerCount
  }

  /// - Throws: ``PoisonError``, and what loading, training and writing throw. Before the first file is written data and
  ///   architecture have been found to fit.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> Results {
    try run(on: configuration.data.load(progress), in: folder, progress: progress)
  }

  package func run(on dataset: Dataset, in folder: RunFolder, progress: @escaping ProgressHandler) throws
    -> Results
  {
    let clean = configuration.network.images(of: dataset)
    var usual = UsualSetting()
    var fitted = self
    fitted.fit(to: clean, &usual)
    return try fitted.run(on: dataset, clean, in: folder, remarks: usual.remarks, progress: progress)
  }

  /// Takes fewer images than is usual where the classes do not have these.
  private mutating func fit(to clean: LabelledImages, _ usual: inout UsualSetting) {
    let counts = clean.countOfEachClass
    guard let most = counts.min(), let label = counts.firstIndex(of: most) else { return }
    let reason = "class \(clean.classNames[label]) has no more than \(most) training images"
    switch configuration.victim {
    case .transfer(var imagesPerClass, let decay):
      usual.fit(
        &imagesPerClass, atMost: most - configuration.poisonCount, isGiven: given.contains(.imagesPerClass),
        "images of each class", because: reason)
      configuration.victim = .transfer(imagesPerClass: imagesPerClass, decay: decay)
    case .endToEnd:
      usual.fit(
        &configuration.poisonCount, atMost: most, isGiven: given.contains(.poisonCount),
        "poisons for each target", because: reason)
    }
  }

  private func run(
    on dataset: Dataset, _ clean: LabelledImages, in folder: RunFolder, remarks: [String],
    progress: @escaping ProgressHandler
  ) throws -> Results {
    let names = dataset.heldOut.classNames
    let graph = try configuration.network.graph(for: clean)
    let neighbourCount = try checkedNeighbours(clean)
    let featureCount = graph.featureLayer.map { graph.nodes[$0].shape.reduce(1, *) } ?? 0
    let similarity =
      configuration.similarity
      ?? FeatureCollision.paperSimilarity(featureCount: featureCount, pixelCount: clean.shape.pixelCount)
    let record = RunRecord<Configuration, Results>(
      experiment: "poison collision", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let run = try Run(record, on: dataset, in: folder, remarks: remarks, progress)
    let (folder, progress) = (run.folder, run.progress)
    let parts = try PoisonParts(
      of: run, dataChecksum: dataset.checksum, architecture: graph.architecture.json,
      settings: Settings(
        network: configuration.network, victim: configuration.victim,
        targetsPerPair: configuration.targetsPerPair, poisonCount: configuration.poisonCount,
        similarity: similarity, stepCount: configuration.stepCount, watermark: configuration.watermark,
        neighbourCount: neighbourCount))

    try progress(.stage("training the clean \(graph.architecture.name) on \(clean.count) images"))
    let network = try configuration.network.network(
      trainedOn: clean, repetition: 0, workerCount: workerCount,
      onProgress: { try progress(.step(done: 0, total: 1, unit: "networks")) })
    let scene = try CollisionScene(
      network: network, clean: clean, heldOut: dataset.heldOut, configuration: configuration,
      similarity: similarity, neighbourCount: neighbourCount, workerCount: workerCount)
    let shared = try scene.everything.map { lesson in
      try progress(.stage("training the victim without poison"))
      return try parts.value("clean") {
        try scene.untouched(lesson) { try progress(.step(done: 0, total: 1, unit: "networks")) }
      }
    }
    let pairs = drawnPairs(classCount: names.count)
    try progress(.stage("colliding features: \(pairs.count) pairs of classes"))
    let found = try parts.values(
      of: Array(pairs.enumerated()), unit: "pairs", progress, named: { "pair-\($0.offset)" }
    ) { pair, tell in
      try scene.measured(
        pair: pair.offset, base: pair.element.base, target: pair.element.target, untouched: shared, tell)
    }
    try progress(.stage("drawing"))
    var results = Results(
      dataName: dataset.name, networkName: graph.architecture.name, classNames: names,
      victim: configuration.victim, poisonCount: configuration.poisonCount,
      watermark: configuration.watermark, similarity: similarity,
      neighbourCount: neighbourCount, pairs: found, sentences: [])
    results.sentences = CollisionReport.sentences(results)
    try run.measured(results)
    try CollisionReport(
      results: results, shape: clean.shape,
      provenance: PoisonProvenance(
        command: "poison collision", data: DataRecord(dataset), seed: configuration.network.training.seed,
        victim: results.networkName)
    ).write(in: folder)
    try run.complete(with: results)
    return results
  }

  /// k, where there are enough images of each class for the victim and the poisons.
  private func checkedNeighbours(_ clean: LabelledImages) throws -> Int {
    let perClass =
      switch configuration.victim {
      case .transfer(let imagesPerClass, _): imagesPerClass
      case .endToEnd: 0
      }
    for (label, count) in clean.countOfEachClass.enumerated() {
      let needed = perClass + configuration.poisonCount
      guard count >= needed else {
        throw PoisonError.tooFewImages(className: clean.classNames[label], needed: needed, found: count)
      }
    }
    return try configuration.checkedNeighbours(
      classCount: perClass > 0 ? perClass : clean.countOfEachClass.min() ?? 0)
  }

  /// Different ordered pairs of classes; all of them where more were asked for.
  private func drawnPairs(classCount: Int) -> [(base: Int, target: Int)] {
    let all = (0..<classCount).flatMap { base in
      (0..<classCount).filter { $0 != base }.map { (base: base, target: $0) }
    }
    var generator = SeededGenerator(seed: configuration.network.training.seed, purpose: "pairs of classes")
    return generator.permutation(all.count).prefix(configuration.pairCount).map { all[$0] }
  }
}
