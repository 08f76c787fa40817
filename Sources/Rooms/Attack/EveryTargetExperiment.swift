import Adversarial
import Datasets
import Figures
import Foundation
import Images
import Lab
import Networks
import Storage
import Tensors

/// Can every image become every class? A targeted attack for every class that an image does not belong to.
///
/// Szegedy et al. (2013), section 4.1, state it for any class l. The pairs (image, class) reached are counted, with the
/// distance of each.
///
/// | file | content |
/// | --- | --- |
/// | `targets.png` | an image of each class, drawn at random, as every other class |
/// | `pairs.csv` | a row for each image and class aimed at |
/// | `classes.csv` | a row for each true class and class aimed at: how many were reached, median distances |
/// | `adversarial.npy` | returned images `[count, classes, channels, height, width]`, float32; the original where no attack succeeded |
/// | `image_ids.npy` | the number of each in the held-out part of the data |
/// | `run.json` | configuration, environment, results |
public struct EveryTargetExperiment: Sendable {
  public struct Results: Codable, Sendable {
    public var modelName: String
    public var modelChecksum: String
    public var attack: String
    public var imageCount: Int
    /// Images that the network gets wrong without help: they make no pairs.
    public var alreadyWrongCount: Int
    /// Pairs of an image and a class that became each other, of all pairs.
    public var reached: Proportion
    /// Wilson's; nil without pairs.
    public var reachedInterval95: [Double]?
    /// Images of which every class was reached, of those attacked.
    public var everyClassReached: Proportion
    /// Over the pairs reached; nil without one.
    public var medianL2: Double?
    public var meanDistortion: Double?
    /// Of each image its nearest class.
    public var nearestMedianL2: Double?
    public var nearestMeanDistortion: Double?
  }

  public private(set) var configuration: AttackExperiment.Configuration
  public let workerCount: Int

  /// - Parameter configuration: Its goal plays no part.
  public init(_ configuration: AttackExperiment.Configuration, workerCount: Int) {
    self.configuration = configuration
    self.workerCount = workerCount
  }

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
    let numbers = try images.numbers(
      drawing: configuration.imageCount, seed: configuration.seed, progress)
    let record = RunRecord<AttackExperiment.Configuration, Results>(
      experiment: "attack every target", configuration: configuration, workerCount: workerCount,
      data: DataRecord(dataset))
    let startingImages = try StartingImages.drawn(
      from: dataset.training, for: [configuration.method.kind], isTargeted: true, seed: configuration.seed,
      progress)
    let run = try Run(
      record, on: dataset, in: folder, remarks: model.remarks(on: dataset), keepsEarlier: true, progress)
    let (folder, progress) = (run.folder, run.progress)
    let (shape, classCount) = (images.shape, images.classNames.count)
    let store = try NPYRowWriter(
      shape: [numbers.count, classCount, shape.channels, shape.height, shape.width],
      to: folder.file("adversarial.npy"))
    let (pairs, wrongCount, shown) = try configuration.model.naming {
      try attack(model, images, numbers, owning: startingImages, storingIn: store, progress)
    }
    let results = try results(pairs, wrongCount: wrongCount, imageCount: numbers.count, model)
    try run.measured(results)
    try store.finish()
    try NPYFile(shape: [numbers.count], elements: .integers(numbers)).write(to: folder.file("image_ids.npy"))
    try AttackTable.table(
      of: pairs, repairs: Array(repeating: nil, count: pairs.count), bounds: nil,
      classNames: images.classNames
    ).write(to: folder.file("pairs.csv"))
    try classTable(pairs, images.classNames).write(to: folder.file("classes.csv"))
    try progress(.stage("drawing"))
    try sheet(shown, images, results, dataset).write(to: folder.file("targets.png"))
    try run.complete(with: results)
    return results
  }

  /// The image of a class that the sheet shows, as each class; nil where it did not become that class.
  private struct Shown {
    let imageID: Int
    let clean: [Float]
    var versions: [[Float]?]
    let draw: UInt64
  }

  private func attack(
    _ model: Model, _ images: LabelledImages, _ numbers: [Int], owning startingImages: StartingImages?,
    storingIn store: NPYRowWriter, _ progress: @escaping ProgressHandler
  ) throws -> (pairs: [AttackedImage], alreadyWrongCount: Int, shown: [Int: Shown]) {
    let engine = try Engine(running: model.network, workerCount: workerCount)
    let method = configuration.method.attack(
      seed: configuration.seed, workerCount: workerCount,
      startingImages: startingImages)
    let listener = ProgressListener(progress)
    let classCount = images.classNames.count
    try progress(
      .stage(
        "attacking \(numbers.count) held-out images, each towards \(classCount - 1) classes: \(method.name)"))
    var pairs: [AttackedImage] = []
    var wrongCount = 0
    var shown: [Int: Shown] = [:]
    for piece in Workers.pieces(of: numbers.count, length: 128) {
      let rows = Array(numbers[piece])
      let batch = AttackBatch(
        images: images.tensor(of: rows), labels: rows.map { images.labels[$0] }, imageIDs: rows)
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
    _ pairs: [AttackedImage], wrongCount: Int, imageCount: Int, _ model: Model
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
      modelName: model.network.graph.architecture.name, modelChecksum: try model.checksum,
      attack: configuration.method.kind.rawValue, imageCount: imageCount, alreadyWrongCount: wrongCount,
      reached: share, reachedInterval95: share.interval95.map { [$0.lowerBound, $0.upperBound] },
      everyClassReached: Proportion(
        byImage.values.count { $0.allSatisfy { $0.verdict == .succeeded } }, of: byImage.count),
      medianL2: Statistics.median(reached.map(\.distortion.l2)), meanDistortion: mean(reached),
      nearestMedianL2: Statistics.median(nearest.map(\.distortion.l2)), nearestMeanDistortion: mean(nearest))
  }

  private func classTable(_ pairs: [AttackedImage], _ classNames: [String]) -> CSVWriter {
    var table = CSVWriter(columns: [
      "label", "class", "target", "target_class", "pairs", "reached", "median_l2", "median_linf",
    ])
    let byClasses = Dictionary(grouping: pairs) { [$0.label, $0.target ?? -1] }
    for label in classNames.indices {
      for target in classNames.indices where target != label {
        let own = byClasses[[label, target]] ?? []
        let reached = own.filter { $0.verdict == .succeeded }
        func median(_ value: (Distortion) -> Double) -> Double? {
          Statistics.median(reached.map { value($0.distortion) })
        }
        table.append([
          label, classNames[label], target, classNames[target], own.count, reached.count, median(\.l2),
          median(\.linf),
        ])
      }
    }
    return table
  }

  private static let mostClasses = 40
  private static let fewestClasses = 8

  /// All; of more than a sheet can show those of attacked images, and where these are few the first others.
  static func shownClasses(of count: Int, attacked: Set<Int>) -> [Int] {
    guard count > mostClasses else { return Array(0..<count) }
    let others = (0..<count).lazy.filter { !attacked.contains($0) }
    return (attacked.sorted().prefix(mostClasses) + others.prefix(max(0, fewestClasses - attacked.count)))
      .sorted()
  }

  private func sheet(
    _ shown: [Int: Shown], _ images: LabelledImages, _ results: Results, _ dataset: Dataset
  ) -> ImageGrid {
    func bitmap(_ pixels: [Float]) -> Bitmap {
      Bitmap(
        planar: pixels, channels: images.shape.channels, height: images.shape.height,
        width: images.shape.width)
    }
    let blank = bitmap([Float](repeating: 0.5, count: images.shape.pixelCount))
    let classes = Self.shownClasses(of: images.classNames.count, attacked: Set(shown.keys))
    let rows = classes.map { label in
      ImageGrid.Row(
        name: images.classNames[label], note: shown[label].map { "#\($0.imageID)" } ?? "none attacked",
        images: classes.map { target in
          guard let own = shown[label] else { return blank }
          return target == label ? bitmap(own.clean) : own.versions[target].map(bitmap) ?? blank
        })
    }
    return ImageGrid(
      caption: FigureCaption(
        title: "\(configuration.method.title(configuration.norm)): every image as every class",
        subtitle:
          "Each row is one image; in each column it is taken for that class, on the diagonal it is clean. Grey: not "
          + "reached. " + results.sentence,
        footer: [
          "One attacked image of each class, drawn at random, not selected."
            + (classes.count < images.classNames.count
              ? " \(classes.count) of \(images.classNames.count) classes are shown, those of attacked images first; "
                + "the tables have all."
              : ""),
          configuration.method.equation(configuration.norm, isTargeted: true),
          "\(dataset.name), \(results.imageCount) held-out images, checksum \(dataset.checksum.prefix(8)) · model "
            + "\(results.modelName), checksum \(results.modelChecksum.prefix(8)) · seed \(configuration.seed) · "
            + "Intrigue \(RunEnvironment.toolVersion)",
        ] + DataRecord(dataset).remarkLines,
        text: [
          .init(key: "Data checksum", value: dataset.checksum),
          .init(key: "Model checksum", value: results.modelChecksum),
          .init(key: "Seed", value: String(configuration.seed)),
          .init(key: "Software", value: "Intrigue \(RunEnvironment.toolVersion)"),
        ]),
      rows: rows, hasClassColumns: true)
  }
}

extension EveryTargetExperiment.Results {
  /// The result in words, denominators stated.
  public var sentence: String {
    let interval =
      reached.interval95.map {
        String(
          format: " (%.1f %%, 95 %% interval %.1f–%.1f %%)", 100 * (reached.value ?? 0), 100 * $0.lowerBound,
          100 * $0.upperBound)
      } ?? ""
    return "\(reached.count) of \(reached.total) pairs (image, class) reached\(interval); every class for "
      + "\(everyClassReached.count) of \(everyClassReached.total) images."
  }

  /// For people.
  public func lines(in folder: RunFolder) -> [String] {
    func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    func path(_ name: String) -> String { folder.file(name).relativePath }
    return [
      sentence,
      "\(alreadyWrongCount) of \(imageCount) images skipped because the classifier was already wrong",
      "L2 of the pairs: median \(number(medianL2)), of each image's nearest class \(number(nearestMedianL2)); "
        + "mean √(Σd²/n) \(number(meanDistortion)), nearest \(number(nearestMeanDistortion))",
      "look at    \(path("targets.png")): an image of each class as every other",
      "all pairs  \(path("pairs.csv")), \(path("classes.csv")), \(path("adversarial.npy"))",
    ]
  }
}

extension EveryTargetExperiment.Results: Checked {
  public func check() throws(CheckFailure) {
    try requireEnds(reachedInterval95, "reachedInterval95")
  }
}
