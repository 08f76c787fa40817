import Datasets
import Foundation
import Networks
import Storage
import Tensors

@testable import Lab
@testable import TrainRoom

/// A folder with small images and a network trained on them for an epoch, removed with the value.
final class TrainedRun: Sendable {
  let folder: URL
  let run: RunModel

  /// 60 of 300 images of 8 × 8 pixels are held out.
  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "explore tést \(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "data"), withIntermediateDirectories: true)
    let (count, side) = (300, 8)
    let pixels = (0..<count).flatMap { image -> [UInt8] in
      (0..<side * side).map { pixel in
        let (row, column, place) = (pixel / side, pixel % side, image / 3 % side)
        let isBright = [row == place, column == place, row == place || column == place][image % 3]
        return isBright ? UInt8(200 + image % 50) : UInt8((pixel * 7 + image * 13) % 40)
      }
    }
    try NPYFile(shape: [count, side, side], elements: .bytes(pixels))
      .write(to: folder.appending(path: "data/images.npy"))
    try NPYFile(shape: [count], elements: .integers((0..<count).map { $0 % 3 }))
      .write(to: folder.appending(path: "data/labels.npy"))
    var training = Architecture.Named.mlp.recommendedTraining(seed: 1)
    training.epochCount = 3
    let experiment = TrainExperiment(
      TrainExperiment.Configuration(
        data: DataSource(name: folder.appending(path: "data").path), architecture: .named("mlp"),
        training: training), workerCount: 2)
    try experiment.run(in: RunFolder(folder.appending(path: "run"))) { _ in }
    run = try RunModel(of: folder.appending(path: "run"), workerCount: 2, cache: nil) { _ in }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Made once for all tests.
  static let shared = Result { try TrainedRun() }
}
