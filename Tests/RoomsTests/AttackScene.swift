import Datasets
import Foundation
import Images
import Networks
import Storage
import Synchronization
import Tensors

@testable import AttackRoom
@testable import Lab

/// A network that names the nearest of three prototypes, noisy images of these, and a folder to attack them in.
///
///     z_c = ⟨p_c, x⟩ − ‖p_c‖² / 2
///
/// Some images are nearer to a wrong prototype, some are far from the border, some near to it.
struct AttackScene {
  let dataset: Dataset
  let model: Model

  /// - Parameter spread: How far apart the prototypes are. Near to each other, more images are near the border.
  init(channels: Int = 1, heldOutCount: Int = 90, spread: Double = 0.4) throws {
    let shape = ImageShape(channels: channels, height: 8, width: 6)
    let names = ["circle", "square", "0"]
    var generator = SeededGenerator(seed: 7, purpose: "attack scene")
    let prototypes = (0..<3).map { _ in
      (0..<shape.pixelCount).map { _ in Float(0.5 + spread * (generator.uniform() - 0.5)) }
    }
    func images(_ count: Int) -> LabelledImages {
      let labels = (0..<count).map { $0 % 3 }
      let samples = labels.flatMap { label in
        prototypes[label].map { pixel in
          UInt8((min(max(Double(pixel) + generator.uniform() - 0.5, 0), 1) * 255).rounded())
        }
      }
      return LabelledImages(shape: shape, pixels: .bytes(samples), labels: labels, classNames: names)
    }
    dataset = Dataset(name: "prototypes", training: images(6), heldOut: images(heldOutCount))
    let biases = prototypes.map { prototype in -0.5 * prototype.reduce(0) { $0 + $1 * $1 } }
    model = try Self.linearModel(shape, weights: prototypes.flatMap(\.self), biases: biases, names)
  }

  static func linearModel(
    _ shape: ImageShape, weights: [Float], biases: [Float], _ classNames: [String]
  ) throws -> Model {
    let graph = try Graph(
      Architecture(
        name: "prototypes", input: shape,
        nodes: [.init("flatten", .flatten), .init("classifier", .linear(outputs: biases.count, bias: true))]))
    let parameters = [
      Tensor(shape: [biases.count, shape.pixelCount], elements: weights),
      Tensor(shape: [biases.count], elements: biases),
    ]
    return Model(network: try Network(graph: graph, parameters: parameters), classNames: classNames)
  }

  func predictions(of images: Tensor) throws -> [Int] {
    let logits = try Engine(running: model.network, workerCount: 1).logits(of: images)
    return (0..<logits.count).map { row in
      logits[row: row].enumerated().max { $0.element < $1.element }!.offset
    }
  }

  func configuration(_ change: (inout AttackExperiment.Configuration) -> Void = { _ in })
    -> AttackExperiment.Configuration
  {
    var configuration = AttackExperiment.Configuration(
      model: .model(path: "model.safetensors"), data: DataSource(name: "prototypes"), epsilon: 0.08)
    change(&configuration)
    return configuration
  }

  /// Attacks in a new folder, and removes it afterwards.
  func attack<Value>(
    workerCount: Int = 1, _ change: (inout AttackExperiment.Configuration) -> Void = { _ in },
    _ body: (Outcome) throws -> Value
  ) throws -> Value {
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue áttack \(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(attack(in: url, workerCount: workerCount, change))
  }

  func attack(
    in url: URL, workerCount: Int = 1, _ change: (inout AttackExperiment.Configuration) -> Void = { _ in }
  ) throws -> Outcome {
    let warnings = Mutex<[String]>([])
    let folder = RunFolder(url)
    let results = try AttackExperiment(configuration(change), workerCount: workerCount).run(
      model, on: dataset, in: folder
    ) { progress in
      if case .warning(let text) = progress { warnings.withLock { $0.append(text) } }
    }
    return Outcome(folder: folder, results: results, warnings: warnings.withLock { $0 })
  }

  init(dataset: Dataset, model: Model) {
    self.dataset = dataset
    self.model = model
  }
}

/// What an attack left, read back from its files.
struct Outcome {
  let folder: RunFolder
  let results: AttackExperiment.Results
  let warnings: [String]

  /// Rows of `results.csv` by column; no field of the scene has a comma.
  var table: [[String: String]] {
    get throws {
      let lines = try String(contentsOf: folder.file("results.csv"), encoding: .utf8).split(separator: "\n")
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }
  }

  var returnedImages: Tensor {
    get throws {
      let file = try NPYFile(contentsOf: folder.file("adversarial.npy"))
      guard case .floats(let elements) = file.elements else { throw WrongElements() }
      return Tensor(shape: file.shape, elements: elements)
    }
  }

  var imageNumbers: [Int] {
    get throws {
      guard case .integers(let numbers) = try NPYFile(contentsOf: folder.file("image_ids.npy")).elements
      else {
        throw WrongElements()
      }
      return numbers
    }
  }

  /// Every file below the folder, by its path there.
  var files: [String: Data] {
    get throws {
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.url.path)
        .filter { !folder.file($0).hasDirectoryPath && $0.contains(".") }
      return try Dictionary(uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.file($0))) })
    }
  }

  func pictures(_ name: String) throws -> [String: Bitmap] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file(name).path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try PNGFile.read(folder.file("\(name)/\($0)"))) })
  }

  struct WrongElements: Error {}
}
