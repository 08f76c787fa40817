import Adversarial
import Attacks
import Datasets
import Foundation
import Lab
import Networks
import Storage
import Tensors

/// Can every image be made to look like every class? Attacks each image once for every class that it does not belong to.
///
/// Szegedy et al. (2013), section 4.1, state it for any class l. The pairs (image, class) that succeed are counted, with
/// the distance of each.
///
/// | file | content |
/// | --- | --- |
/// | `targets.png` | a random image of each class, perturbed towards every other class |
/// | `pairs.csv` | a row for each image and target class |
/// | `classes.csv` | a row for each true class and target class: successes, median distances |
/// | `adversarial.npy` | returned images `[count, classes, channels, height, width]`, float32; the original where no attack succeeded |
/// | `image_ids.npy` | the number of each in the held-out part of the data |
/// | `run.json` | configuration, environment, results |
public struct EveryTargetExperiment: Experiment {
  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    public var attack: String
    public var imageCount: Int
    /// Images that are misclassified without a perturbation: they make no pairs.
    public var alreadyWrongCount: Int
    /// Pairs of an image and a target class for which the attack succeeded, of all pairs.
    public var reached: Proportion
    /// Wilson's; nil without pairs.
    public var reachedInterval95: [Double]?
    /// Images for which every target class was reached, of those attacked.
    public var everyClassReached: Proportion
    /// Median over the pairs reached; nil without one.
    public var medianL2: Double?
    public var meanDistortion: Double?
    /// The same over each image's nearest class.
    public var nearestMedianL2: Double?
    public var nearestMeanDistortion: Double?
  }

  /// What no record holds.
  public struct Evidence {
    let pairs: [AttackedImage]
    /// By true class.
    let shown: [Int: Shown]
  }

  public typealias Material = AttackMaterial

  /// Its goal plays no part.
  public let configuration: AttackExperiment.Configuration
  public let workerCount: Int

  public init(_ configuration: AttackExperiment.Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

  public static let name = "attack every target"
  public static let keepsEarlier = true

  public func input(_ progress: @escaping ProgressHandler) throws -> GivenModels {
    try GivenModels([configuration.model], shown: configuration.data, progress)
  }

  /// - Throws: ``NoStartingImages``.
  public func prepare(
    _ given: GivenModels, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) throws -> Prepared<EveryTargetExperiment> {
    let material = try AttackMaterial(given, configuration, isTargeted: true, progress)
    var resolved = configuration
    resolved.data = given.data
    return Prepared(
      material: material, configuration: resolved, dataset: given.dataset,
      remarks: material.model.remarks(on: given.dataset))
  }

  public func measure(
    _ material: Material, _ run: Run<AttackExperiment.Configuration, Results>
  ) throws -> (results: Results, evidence: Evidence) {
    let (folder, shape, numbers) = (run.folder, material.images.shape, material.numbers)
    let store = try NPYRowWriter(
      shape: [
        numbers.count, material.images.classNames.count, shape.channels, shape.height, shape.width,
      ], to: folder.file("adversarial.npy"))
    let (pairs, wrongCount, shown) = try configuration.model.naming {
      try attack(material, storingIn: store, run.progress)
    }
    let results = try results(pairs, wrongCount: wrongCount, material)
    try run.begin()
    try store.finish()
    try NPYFile(shape: [numbers.count], elements: .integers(numbers)).write(to: folder.file("image_ids.npy"))
    return (results, Evidence(pairs: pairs, shown: shown))
  }

  public func exhibits(
    _ results: Results, _ evidence: Evidence, _ material: Material
  ) throws -> Exhibits {
    EveryTargetExhibits(
      configuration: configuration, results: results, data: DataRecord(material.dataset),
      classNames: material.images.classNames, imageShape: material.images.shape, evidence: evidence
    ).exhibits
  }

  /// The image of a class that the sheet shows, perturbed towards each class; nil where the attack failed.
  struct Shown {
    let imageID: Int
    let clean: [Float]
    var versions: [[Float]?]
    fileprivate let draw: UInt64
  }

  private func attack(
    _ material: Material, storingIn store: NPYRowWriter, _ progress: @escaping ProgressHandler
  ) throws -> (pairs: [AttackedImage], alreadyWrongCount: Int, shown: [Int: Shown]) {
    let (images, numbers) = (material.images, material.numbers)
    let engine = try Engine(running: material.model.network, workerCount: workerCount)
    let method = configuration.method.attack(
      seed: configuration.seed, workerCount: workerCount, startingImages: material.startingImages)
    let listener = ProgressListener(progress)
    let classCount = images.classNames.count
    try progress(
      .stage(
        "attacking \(numbers.count) held-out images, each towards \(classCount - 1) classes: \(method.name), "
          + configuration.budget))
    var pairs: [AttackedImage] = []
    var wrongCount = 0
    var shown: [Int: Shown] = [:]
    for piece in Workers.pieces(of: numbers.count, length: 128) {
      let rows = Array(numbers[piece])
      let batch = material.batch(rows)
      var returned = Tensor(shape: [rows.count, classCount * images.shape.pixelCount])
      let length = images.shape.pixelCount
      let every = try EveryTarget(
        of: method, on: batch, norm: configuration.norm, epsilon: configuration.radius(for: images.shape),
        classifier: ListeningClassifier(base: engine, listener: listener)
      ) { target, evaluation in
        for row in rows.indices {
          let start = row * classCount * length + target * length
          returned.elements.replaceSubrange(
            start..<start + length, with: evaluation.returnedImages[row: row])
        }
        try listener.tell(
          .step(
            done: piece.lowerBound * classCount + (target + 1) * rows.count,
            total: numbers.count * classCount, unit: "pairs"))
      }
      try store.append(
        returned.reshaped([
          rows.count, classCount, images.shape.channels, images.shape.height, images.shape.width,
        ]))
      pairs += every.pairs
      wrongCount += every.alreadyWrongCount
      keep(every.pairs, batch, returned, classCount: classCount, in: &shown)
    }
    return (pairs, wrongCount, shown)
  }

  /// One attacked image of each class: that with the smallest random number of its own.
  private func keep(
    _ pairs: [AttackedImage], _ batch: AttackBatch, _ returned: Tensor, classCount: Int,
    in shown: inout [Int: Shown]
  ) {
    let length = batch.images.rowLength
    let byImage = Dictionary(grouping: pairs, by: \.imageID)
    for row in 0..<batch.count {
      let id = batch.imageIDs[row]
      guard let own = byImage[id] else { continue }
      var generator = SeededGenerator(seed: configuration.seed, purpose: "attack figure", index: id)
      let draw = generator.next()
      if let known = shown[batch.labels[row]], known.draw <= draw { continue }
      var versions = [[Float]?](repeating: nil, count: classCount)
      for pair in own where pair.verdict == .succeeded {
        guard let target = pair.target else { continue }
        let start = row * classCount * length + target * length
        versions[target] = Array(returned.elements[start..<start + length])
      }
      shown[batch.labels[row]] = Shown(
        imageID: id, clean: Array(batch.images[row: row]), versions: versions, draw: draw)
    }
  }

  // MARK: Results

  private func results(
    _ pairs: [AttackedImage], wrongCount: Int, _ material: Material
  ) throws -> Results {
    let reached = pairs.filter { $0.verdict == .succeeded }
    let byImage = Dictionary(grouping: pairs, by: \.imageID)
    let nearest = byImage.values.compactMap { own in
      own.filter { $0.verdict == .succeeded }.min { $0.distortion.l2 < $1.distortion.l2 }
    }.sorted { $0.imageID < $1.imageID }
    func mean(_ images: [AttackedImage]) -> Double? {
      images.isEmpty
        ? nil : images.reduce(0) { $0 + $1.distortion.rootMeanSquare } / Double(images.count)
    }
    let share = Proportion(reached.count, of: pairs.count)
    return Results(
      modelName: material.model.network.graph.architecture.name,
      modelChecksum: try material.model.checksum,
      attack: configuration.method.card.name, imageCount: material.numbers.count,
      alreadyWrongCount: wrongCount,
      reached: share, reachedInterval95: share.interval95.map { [$0.lowerBound, $0.upperBound] },
      everyClassReached: Proportion(
        byImage.values.count { $0.allSatisfy { $0.verdict == .succeeded } }, of: byImage.count),
      medianL2: Statistics.median(reached.map(\.distortion.l2)), meanDistortion: mean(reached),
      nearestMedianL2: Statistics.median(nearest.map(\.distortion.l2)), nearestMeanDistortion: mean(nearest))
  }
}

extension EveryTargetExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(reachedInterval95, "reachedInterval95")
  }
}
