import Foundation
import Images
import Storage

@testable import Experiments

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
      classes: [.init(name: Self.evil, imageCount: 30, correctCount: 20, recall: 2.0 / 3, precision: 1)],
      confusion: [[20, 10], [0, 0]])
    let record = RunRecord<EvaluateExperiment.Configuration, EvaluateExperiment.Results>(
      experiment: "evaluate",
      configuration: .init(
        model: .model(path: "\(Self.evil).safetensors"), data: DataSource(name: Self.evil)),
      workerCount: 2, data: DataRecord(name: Self.evil, checksum: "cd", trainingCount: 10, heldOutCount: 30))
    try run.write(isComplete ? record.completed(with: results) : record)
    try picture(run, "figures/confusion.png", title: Self.evil)
    var table = CSVWriter(columns: ["class", "mean_recall"])
    for row in 0..<rowCount { table.append([row == 0 ? Self.evil : "class \(row)", Double(row) / 3]) }
    try table.write(to: run.file("classes.csv"))
    return run.url
  }

  /// The three parts of a demo, of which only the training has results that matter here.
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
    try run.write(record.completed(with: results))
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
