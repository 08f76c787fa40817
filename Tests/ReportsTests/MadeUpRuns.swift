import Adversarial
import Datasets
import Directions
import Foundation
import Images
import Networks
import Storage
import Tensors

@testable import AttackRoom
@testable import EvaluateRoom
@testable import GalleryRoom
@testable import Lab
@testable import TrainRoom

/// Run folders with made-up results, in a folder that is removed with the value. Its path has a space and a letter
/// beyond ASCII.
final class MadeUpRuns {
  static let evil = "<script>alert(\"1\")</script> & 'x'"

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "report tést \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// An evaluation of two classes, one of them with a name that would be a script.
  @discardableResult
  func evaluation(_ name: String, isComplete: Bool = true, rowCount: Int = 2) throws -> URL {
    let run = RunFolder(folder.appending(path: name))
    let results = EvaluateExperiment.Results(
      modelChecksum: "ab", imageCount: 30, correctCount: 20, accuracy: 2.0 / 3,
      accuracyInterval95: [0.4, 0.8], loss: 1,
      classes: [
        .init(name: Self.evil, imageCount: 30, correctCount: 20, recall: 2.0 / 3, precision: 1),
        .init(name: "other", imageCount: 0, correctCount: 0, recall: nil, precision: 0),
      ],
      confusion: [[20, 10], [0, 0]])
    let record = RunRecord<EvaluateExperiment.Configuration, EvaluateExperiment.Results>(
      experiment: "evaluate",
      configuration: .init(
        model: .model(path: "\(Self.evil).safetensors"), data: DataSource(name: Self.evil)),
      workerCount: 2, data: DataRecord(name: Self.evil, checksum: "cd", trainingCount: 10, heldOutCount: 30))
    let begun = try Run(record, on: nil, in: run) { _ in }
    if isComplete { try begun.complete(with: results) }
    try picture(run, "figures/confusion.png", title: Self.evil)
    var table = CSVWriter(columns: ["class", "mean_recall"])
    for row in 0..<rowCount { table.append([row == 0 ? Self.evil : "class \(row)", Double(row) / 3]) }
    try table.write(to: run.file("classes.csv"))
    return run.url
  }

  /// A gallery of two neurons and a random direction, with sprite sheets of 4×4 pixels.
  func gallery(_ name: String) throws -> URL {
    let run = RunFolder(folder.appending(path: name))
    let agreement = GalleryExperiment.Results.Agreement(count: 2, mean: 0.5, standardDeviation: 0.1)
    let results = GalleryExperiment.Results(
      modelChecksum: "ab", layer: "relu1", unitCount: 3, deadUnitCount: 1, constantUnitCount: 0,
      imageCount: 40,
      correctCount: 30, neurons: agreement, randomDirections: agreement, chance: 0, remarks: [],
      files: ["gallery.png", "neurons.png", "random.png", "sprites/directions-1.png", "directions.csv"])
    let record = RunRecord<GalleryExperiment.Configuration, GalleryExperiment.Results>(
      experiment: "gallery",
      configuration: .init(model: .model(path: "m"), data: DataSource(name: "images")), workerCount: 2,
      data: nil)
    try Run(record, on: nil, in: run) { _ in }.complete(with: results)
    let pixels = (0..<40).flatMap { [UInt8](repeating: UInt8($0 * 6), count: 16) }
    let images = LabelledImages(
      shape: ImageShape(channels: 1, height: 4, width: 4), pixels: .bytes(pixels),
      labels: (0..<40).map { $0 % 2 },
      classNames: [Self.evil, "class 1"])
    let labels = ClassLabels(images.labels, classCount: 2)
    let directions: [(id: String, isNeuron: Bool, step: Int)] = [
      ("n000", true, 1), ("n002", true, 3), ("r000", false, 7),
    ]
    // Scores as features, so that the axes have them.
    let features = try FeatureMatrix(
      values: Tensor(
        shape: [40, 3],
        elements: (0..<40).flatMap { image in directions.map { Float(image * $0.step % 40) - 5 } }),
      labels: labels, layer: "relu1")
    let axes = DirectionSet.neurons(dimension: 3)
    let statistics = ActivationStatistics.table(
      of: features, along: axes, ranking: Ranking(of: features, along: axes, topCount: 4, workerCount: 1),
      workerCount: 1)
    let entries = directions.enumerated().map { place, direction -> DirectionCatalogue.Entry in
      let (id, isNeuron, step) = direction
      let values = (0..<40).map { Float($0 * step % 40) - 5 }
      let scores = DirectionScores(values)
      let top = scores.highest(4).map { image in
        GalleryRankings.Image(
          imageIndex: image, score: values[image], label: images.labels[image],
          prediction: Prediction(logits: [1, 0]))
      }
      let stratum = GalleryRankings.Stratum(
        kind: .bottom, firstRank: 38, size: Proportion(3, of: 40), highest: -3, lowest: -5,
        images: Array(top.prefix(3)))
      let row = GalleryRankings.Row(
        id: id, statistics: statistics[place],
        agreement: LabelAgreement(of: top.map(\.imageIndex), in: labels),
        adjustedPurity: nil, images: top, strata: [stratum])
      return DirectionCatalogue.Entry(
        isNeuron: isNeuron, row: row, selectivity: ClassSelectivity(of: scores, in: labels), neighbours: [],
        sheet: 0, sheetRow: 0)
    }
    let catalogue = DirectionCatalogue(entries, images: images, topCount: 4, family: .sphere)
    for sheet in ["gallery", "neurons", "random"] { try picture(run, "\(sheet).png", title: sheet) }
    _ = try run.folder("sprites")
    try PNGFile.write(catalogue.sheet(0, of: images), to: run.file("sprites/directions-1.png"))
    try catalogue.table.write(to: run.file("directions.csv"))
    try run.write(catalogue, to: "directions.json")
    return run.url
  }

  /// A demo: training, gallery and attack in one folder.
  func demo(_ name: String) throws -> URL {
    let folder = try gallery(name)
    let place = RunFolder(folder)
    try FileManager.default.moveItem(at: place.file("run.json"), to: place.file("gallery.json"))
    _ = try training(name, recordName: "train.json")
    let images = [AttackedImage]()
    let results = AttackExperiment.Results(
      modelName: "m", modelChecksum: "ab", attack: "fgsm", imageCount: 0,
      summary: EvaluationSummary(of: images), distortions: [], saved: Proportion(0, of: 0), optimality: nil,
      bounds: nil, hasCharts: false, warnings: [], successInterval95: nil, sentence: "Nothing was attacked.",
      shownImages: [], savedImages: [])
    let record = RunRecord<AttackExperiment.Configuration, AttackExperiment.Results>(
      experiment: "attack",
      configuration: .init(
        model: .model(path: "m"), data: DataSource(name: "images"), method: .fastGradientSign, norm: .linf,
        epsilon: 0.1),
      workerCount: 2, data: nil)
    try Run(record, on: nil, in: RunFolder(folder, recordName: "attack.json")) { _ in }.complete(
      with: results)
    try AtomicFile.write(#"{"experiment": "demo", "complete": true}"#, to: place.file("run.json"))
    return folder
  }

  /// A training without epochs.
  func training(_ name: String, recordName: String = "run.json") throws -> URL {
    let run = RunFolder(folder.appending(path: name), recordName: recordName)
    let results = TrainExperiment.Results(
      modelChecksum: "ab", parameterCount: 7, epochsTrained: 0, history: [], ending: nil,
      heldOutAccuracy: 0.5,
      heldOutLoss: 0.7, heldOutCount: 30, trainingSeconds: 0)
    let record = RunRecord<TrainExperiment.Configuration, TrainExperiment.Results>(
      experiment: "train",
      configuration: .init(
        data: DataSource(name: "images"), architecture: .named("softmax"), training: .init(),
        validationFraction: 0),
      workerCount: 2, data: nil)
    try Run(record, on: nil, in: run) { _ in }.complete(with: results)
    return run.url
  }

  func picture(_ run: RunFolder, _ name: String, title: String) throws {
    let file = run.file(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let bitmap = Bitmap(width: 6, height: 4, channels: 3, samples: [UInt8](repeating: 90, count: 72))
    try PNGFile.write(
      bitmap, text: [(key: "Title", value: title), (key: "Transcript", value: "row 1: \(title)\nrow 2")],
      to: file)
  }
}
