import Datasets
import Foundation
import Networks
import Storage
import Synchronization
import Tensors

@testable import GalleryRoom
@testable import Lab

/// A folder of its own for one test, removed afterwards. Its name has a space and a letter beyond ASCII.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "galerié \(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// Keeps what an experiment tells.
final class ProgressLog: Sendable {
  private let told = Mutex<[ExperimentProgress]>([])

  func note(_ progress: ExperimentProgress) { told.withLock { $0.append(progress) } }

  var stages: [String] {
    told.withLock { $0.compactMap { if case .stage(let name) = $0 { name } else { nil } } }
  }

  var warnings: [String] {
    told.withLock { $0.compactMap { if case .warning(let text) = $0 { text } else { nil } } }
  }
}

/// Small images of three classes, a network with a dead unit and a constant one, and an experiment on them.
struct MadeUpGallery {
  static let classNames = ["dots", "lines", "noise"]
  static let shape = ImageShape(channels: 1, height: 6, width: 5)
  static let deadUnit = 3
  static let constantUnit = 7
  static let unitCount = 12

  let folder: URL

  init(in folder: URL) throws {
    self.folder = folder
    try writeData(to: folder.appending(path: "data"))
    try ModelFile.write(try Self.model(), to: folder.appending(path: "model.safetensors"))
  }

  func configuration(
    layer: String? = nil, neurons: Int = 4, directions: Int = 5, top: Int = 6, seed: UInt64 = 1,
    split: ImageSplit = .heldOut, rows: RowSelection = .random,
    presentation: GalleryPresentation = GalleryPresentation()
  ) -> GalleryExperiment.Configuration {
    GalleryExperiment.Configuration(
      model: .model(path: folder.appending(path: "model.safetensors").path),
      data: DataSource(name: folder.appending(path: "data").path), layer: layer, neuronCount: neurons,
      directionCount: directions, topCount: top, seed: seed, split: split, rows: rows,
      presentation: presentation)
  }

  var cache: FeatureCache { FeatureCache(folder: folder.appending(path: "cache")) }

  /// Runs a gallery into a folder named `name`.
  @discardableResult
  func run(
    _ configuration: GalleryExperiment.Configuration, into name: String = "gallery", workerCount: Int = 2,
    cached: Bool = true, log: ProgressLog = ProgressLog()
  ) throws -> URL {
    let run = RunFolder(folder.appending(path: name))
    try GalleryExperiment(configuration, workerCount: workerCount, cache: cached ? cache : nil)
      .run(in: run) { log.note($0) }
    return run.url
  }

  var dataset: Dataset {
    get throws { try Dataset.load(folder.appending(path: "data").path) }
  }

  /// flatten, 12 linear units, ReLU, 3 logits.
  static func model(classNames: [String] = classNames, input: ImageShape = shape) throws -> Model {
    let graph = try Graph(
      Architecture(
        name: "small", input: input,
        nodes: [
          .init("flatten", .flatten), .init("fc1", .linear(outputs: unitCount, bias: true)),
          .init("relu1", .relu), .init("classifier", .linear(outputs: classNames.count, bias: true)),
        ]))
    var parameters = Network(initializing: graph, seed: 5).parameters
    parameters[1] = Tensor(repeating: 1, shape: parameters[1].shape)  // all others are alive
    for (unit, value) in [(deadUnit, -1 as Float), (constantUnit, 1)] {
      parameters[0][row: unit] = ArraySlice(repeating: 0, count: input.pixelCount)
      parameters[1].elements[unit] = value
    }
    return Model(network: try Network(graph: graph, parameters: parameters), classNames: classNames)
  }

  /// 30 training images and 70 held out, as .npy files. Several images occur twice, so that scores tie.
  private func writeData(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var generator = SeededGenerator(seed: 11)
    for (part, count) in [("train", 30), ("test", 70)] {
      let length = Self.shape.pixelCount
      var labels = (0..<count).map { _ in Int(generator.next(upperBound: UInt64(Self.classNames.count))) }
      var pixels: [UInt8] = []
      for image in 0..<count {
        if image % 10 == 9 {
          labels[image] = labels[image - 4]
          pixels += pixels[(image - 4) * length..<(image - 3) * length]
          continue
        }
        for pixel in 0..<length {
          let isBright = [pixel % 3 == 0, pixel / 5 % 2 == 0, false][labels[image]]
          pixels.append(UInt8((isBright ? 40 : 0) + generator.next(upperBound: 200 as UInt64)))
        }
      }
      let images = NPYFile(shape: [count, Self.shape.height, Self.shape.width], elements: .bytes(pixels))
      try images.write(to: folder.appending(path: "\(part)-images.npy"))
      try NPYFile(shape: [count], elements: .integers(labels))
        .write(to: folder.appending(path: "\(part)-labels.npy"))
    }
    try Self.classNames.joined(separator: "\n").write(
      to: folder.appending(path: "class-names.txt"), atomically: true, encoding: .utf8)
  }
}
