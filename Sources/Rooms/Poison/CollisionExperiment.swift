import Adversarial
import Datasets
import Directions
import Foundation
import Lab
import Networks
import Poisoning
import Storage
import Tensors

/// Measures clean-label poisoning by feature collision: whether poisons with correct labels make a network misclassify one
/// given image.
///
/// Poisons that look like the base class and have the features of a target image are added to the training images, and
/// the victim is retrained.
///
/// | file | content |
/// | --- | --- |
/// | `figures/success.png` | how often the target is predicted as the base class, before and after the neighbour check |
/// | `figures/poisons.png` | base, poison and target of the first attacks |
/// | `collision.csv` | every attack |
/// | `run.json` | configuration, environment, results |
///
/// Every pair of classes is a part of its own, so an interrupted run resumes with the next one.
public struct CollisionExperiment: Experiment {
  /// The layers that the victim retrains.
  package enum Victim: Codable, Equatable, Sendable {
    /// The last layer on frozen features, for the two classes only: logistic regression on so many images of each.
    case transfer(imagesPerClass: Int, decay: Double)
    /// All layers, from the weights of the clean network.
    case endToEnd(TrainingConfiguration)
  }

  public struct Configuration: Codable, Equatable, Sendable {
    var data: DataSource
    /// The training of the clean network, whose features the attacker knows.
    var network: VictimTraining
    var victim: Victim
    /// The number of ordered pairs of classes, drawn at random.
    var pairCount: Int
    var targetsPerPair: Int
    /// The number of poisons for one target.
    var poisonCount: Int
    /// β; nil: the paper's.
    var similarity: Double?
    var stepCount: Int
    /// γ, the opacity of the target in the base images.
    var watermark: Double
    /// k of the check; nil: 25, or 2 poisons + 1 if that is more, but fewer than a class has images.
    var neighbourCount: Int?

    package init(
      data: DataSource, network: VictimTraining, victim: Victim, pairCount: Int, targetsPerPair: Int,
      poisonCount: Int = 1, similarity: Double? = nil, stepCount: Int = 300, watermark: Double = 0,
      neighbourCount: Int? = nil
    ) {
      (self.data, self.network, self.victim) = (data, network, victim)
      (self.pairCount, self.targetsPerPair, self.poisonCount) = (pairCount, targetsPerPair, poisonCount)
      (self.similarity, self.stepCount) = (similarity, stepCount)
      (self.watermark, self.neighbourCount) = (watermark, neighbourCount)
    }
  }

  /// The attack on one target.
  package struct Attack: Codable, Equatable, Sendable {
    var pair: Int
    /// The numbers of the two classes.
    var base: Int
    var target: Int
    /// The number of the held-out image.
    var targetImage: Int
    /// The images from which the poisons were made, as numbers among those of the clean network.
    var baseImages: [Int]
    /// Mean over the poisons of ‖φ(b) − φ(t)‖, with the watermark, and of ‖φ(p) − φ(t)‖, after rounding to 8 bits.
    var startDistance: Double
    var featureDistance: Double
    /// ‖φ(x) − φ(t)‖ of the nearest image of the base class among the victim's training images.
    var nearestBase: Double
    /// Mean of ‖p − b‖ over the poisons, b without the watermark.
    var baseDistance: Double
    /// Mean of ‖p − t‖: if it is smaller than ‖p − b‖, the poison resembles the target more than its label.
    var targetDistance: Double
    /// Whether the target is predicted as the base class.
    package var success: Bool
    /// The same with the starting images in place of the poisons.
    package var controlSuccess: Bool
    /// The same without the images that the check removed; nil if it removed a whole class.
    package var checkedSuccess: Bool?
    /// Held-out error of the victim: with poisons, and without the images that the check removed.
    var error: Proportion
    var checkedError: Proportion?
    /// The class that the check removed as a whole.
    var removedClass: Int?
    var removedPoisons: Int
    var removedClean: Int
    var trainingCount: Int
  }

  /// The attacks on one pair of classes.
  package struct Pair: Codable, Equatable, Sendable {
    var base: Int
    var target: Int
    /// The error of a victim trained on clean images, which for end-to-end victims is the same for all pairs.
    var cleanError: Proportion
    /// The clean images that the check removes, and the error without them; nil if it removes a whole class.
    var cleanRemoved: Proportion
    var cleanCheckedError: Proportion?
    var attacks: [Attack]
    /// Base, poison and target of the first attack, `pixelCount` values each.
    var shown: [[Float]]
  }

  public struct Results: Codable, Sendable {
    var dataName: String
    var networkName: String
    var classNames: [String]
    var victim: Victim
    var poisonCount: Int
    var watermark: Double
    /// β
    var similarity: Double
    var neighbourCount: Int
    var pairs: [Pair]
    package var sentences: [String]

    var attacks: [Attack] { pairs.flatMap(\.attacks) }

    /// The share of each pair's attacks that are hits. Attacks on one pair share the victim's images, so the pairs are the
    /// sample.
    ///
    /// - Parameter isHit: nil if it is undefined; such attacks are left out, as are pairs without others.
    package func shares(_ isHit: (Attack) -> Bool?) -> [Double] {
      pairs.compactMap { pair in
        let hits = pair.attacks.compactMap(isHit)
        return Proportion(hits.count { $0 }, of: hits.count).value
      }
    }
  }

  /// Everything but its number that decides a pair.
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

  public static let name = "poison collision"

  public let configuration: Configuration
  public let workerCount: Int
  /// The settings that the user gave.
  private let given: Set<Setting>

  /// A setting that is reduced to what the data have, unless the user gave it.
  package enum Setting: CaseIterable, Sendable { case imagesPerClass, poisonCount }

  package init(
    _ configuration: Configuration, given: Set<Setting> = Set(Setting.allCases), workerCount: Int
  ) {
    self.configuration = configuration
    self.given = given
    self.workerCount = workerCount
  }

  public struct Material: Sendable {
    let dataset: Dataset
    let clean: LabelledImages
    let graph: Graph
    /// β
    let similarity: Double
    /// k
    let neighbourCount: Int
  }

  public func input(_ progress: @escaping ProgressHandler) throws -> Dataset {
    try configuration.data.load(progress)
  }

  /// - Throws: ``PoisonError``, and what the architecture throws.
  public func prepare(
    _ dataset: Dataset, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<CollisionExperiment> {
    let clean = configuration.network.images(of: dataset)
    var usual = UsualSetting()
    var fitted = configuration
    fitted.fit(to: clean, given: given, &usual)
    let graph = try fitted.network.graph(for: clean)
    let neighbourCount = try fitted.checkedNeighbours(clean)
    let featureCount = graph.featureLayer.map { graph.nodes[$0].shape.reduce(1, *) } ?? 0
    let similarity =
      fitted.similarity
      ?? FeatureCollision.paperSimilarity(featureCount: featureCount, pixelCount: clean.shape.pixelCount)
    return Prepared(
      material: Material(
        dataset: dataset, clean: clean, graph: graph, similarity: similarity, neighbourCount: neighbourCount),
      configuration: fitted, dataset: dataset, remarks: usual.remarks)
  }

  public func measure(
    _ material: Material, _ run: Run<Configuration, Results>
  ) throws -> (results: Results, evidence: Void) {
    let (dataset, clean, graph) = (material.dataset, material.clean, material.graph)
    let (configuration, progress) = (run.configuration, run.progress)
    let parts = try PoisonParts(
      of: run, dataChecksum: dataset.checksum, architecture: graph.architecture.json,
      settings: Settings(
        network: configuration.network, victim: configuration.victim,
        targetsPerPair: configuration.targetsPerPair, poisonCount: configuration.poisonCount,
        similarity: material.similarity, stepCount: configuration.stepCount,
        watermark: configuration.watermark, neighbourCount: material.neighbourCount))

    try progress(.stage("training the clean \(graph.architecture.name) on \(clean.count) images"))
    let network = try configuration.network.network(
      trainedOn: clean, repetition: 0, workerCount: workerCount,
      onProgress: { try progress(.step(done: 0, total: 1, unit: "networks")) })
    let scene = try CollisionScene(
      network: network, clean: clean, heldOut: dataset.heldOut, configuration: configuration,
      similarity: material.similarity, neighbourCount: material.neighbourCount, workerCount: workerCount)
    let shared = try scene.everything.map { lesson in
      try progress(.stage("training the victim without poison"))
      return try parts.value("clean") {
        try scene.untouched(lesson) { try progress(.step(done: 0, total: 1, unit: "networks")) }
      }
    }
    let names = dataset.heldOut.classNames
    let pairs = configuration.drawnPairs(classCount: names.count)
    try progress(.stage("feature collisions for \(pairs.count) pairs of classes"))
    let found = try parts.values(
      of: Array(pairs.enumerated()), unit: "pairs", progress, named: { "pair-\($0.offset)" }
    ) { pair, tell in
      try scene.measured(
        pair: pair.offset, base: pair.element.base, target: pair.element.target, untouched: shared, tell)
    }
    var results = Results(
      dataName: dataset.name, networkName: graph.architecture.name, classNames: names,
      victim: configuration.victim, poisonCount: configuration.poisonCount,
      watermark: configuration.watermark, similarity: material.similarity,
      neighbourCount: material.neighbourCount, pairs: found, sentences: [])
    results.sentences = CollisionFindings(results: results).sentences
    return (results, ())
  }

  public func exhibits(_ results: Results, _: Void, _ material: Material) throws -> Exhibits {
    CollisionExhibits(
      results: results, shape: material.clean.shape,
      provenance: Provenance(
        command: Self.name, data: DataRecord(material.dataset), network: results.networkName,
        seed: configuration.network.training.seed)
    ).exhibits
  }
}

extension CollisionExperiment.Configuration {
  /// Takes fewer images than the default if a class does not have as many.
  fileprivate mutating func fit(
    to clean: LabelledImages, given: Set<CollisionExperiment.Setting>, _ usual: inout UsualSetting
  ) {
    let counts = clean.countOfEachClass
    guard let most = counts.min(), let label = counts.firstIndex(of: most) else { return }
    let reason = "class \(clean.classNames[label]) has no more than \(most) training images"
    switch victim {
    case .transfer(var imagesPerClass, let decay):
      usual.fit(
        &imagesPerClass, atMost: most - poisonCount, isGiven: given.contains(.imagesPerClass),
        "images of each class", because: reason)
      victim = .transfer(imagesPerClass: imagesPerClass, decay: decay)
    case .endToEnd:
      usual.fit(
        &poisonCount, atMost: most, isGiven: given.contains(.poisonCount), "poisons for each target",
        because: reason)
    }
  }

  /// k, if every class has enough images for the victim and the poisons.
  ///
  /// - Throws: ``PoisonError``.
  fileprivate func checkedNeighbours(_ clean: LabelledImages) throws -> Int {
    let perClass =
      switch victim {
      case .transfer(let imagesPerClass, _): imagesPerClass
      case .endToEnd: 0
      }
    let counts = clean.countOfEachClass
    for (label, count) in counts.enumerated() where count < perClass + poisonCount {
      throw PoisonError.tooFewImages(
        className: clean.classNames[label], needed: perClass + poisonCount, found: count)
    }
    return try checkedNeighbours(classCount: perClass > 0 ? perClass : counts.min() ?? 0)
  }

  /// k if each class has so many images. An image has one neighbour fewer in its class, so as many neighbours or more
  /// would outvote the whole class.
  ///
  /// - Throws: ``PoisonError/tooManyNeighbours(count:classCount:)``.
  func checkedNeighbours(classCount: Int) throws -> Int {
    let count = neighbourCount ?? max(1, min(max(25, 2 * poisonCount + 1), classCount - 1))
    guard count < classCount else {
      throw PoisonError.tooManyNeighbours(count: count, classCount: classCount)
    }
    return count
  }

  /// Different ordered pairs of classes; all of them if more are wanted.
  fileprivate func drawnPairs(classCount: Int) -> [(base: Int, target: Int)] {
    let all = (0..<classCount).flatMap { base in
      (0..<classCount).filter { $0 != base }.map { (base: base, target: $0) }
    }
    var generator = SeededGenerator(seed: network.training.seed, purpose: "pairs of classes")
    return generator.permutation(all.count).prefix(pairCount).map { all[$0] }
  }
}
