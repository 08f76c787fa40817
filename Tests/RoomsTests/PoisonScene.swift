import Datasets
import Foundation
import Networks
import Storage
import Synchronization
import Tensors

@testable import Lab
@testable import PoisonRoom

/// Noisy images of three prototypes, enough of them to train a small network on in a moment.
struct PoisonScene {
  let dataset: Dataset
  var victim: VictimTraining

  init(trainingCount: Int = 180, heldOutCount: Int = 90, epochs: Int = 12) {
    let shape = ImageShape(channels: 1, height: 8, width: 6)
    let names = ["circle", "square", "0"]
    var generator = SeededGenerator(seed: 7, purpose: "poison scene")
    let prototypes = (0..<3).map { _ in (0..<48).map { _ in generator.uniform() } }
    func images(_ count: Int) -> LabelledImages {
      let labels = (0..<count).map { $0 % 3 }
      let samples = labels.flatMap { label in
        prototypes[label].map { pixel -> UInt8 in
          let noisy = 0.1 + 0.6 * pixel + 0.5 * (generator.uniform() - 0.5)
          return UInt8((255 * min(max(noisy, 0), 1)).rounded())
        }
      }
      return LabelledImages(shape: shape, pixels: .bytes(samples), labels: labels, classNames: names)
    }
    dataset = Dataset(name: "prototypes", training: images(trainingCount), heldOut: images(heldOutCount))
    victim = VictimTraining(
      architecture: .named("mlp"),
      training: TrainingConfiguration(
        epochCount: epochs, batchSize: 16, optimizer: .adam(weightDecay: 0),
        learningRate: LearningRate(initial: 0.003), seed: 1), imageCount: nil)
  }

  var data: DataSource { DataSource(name: "prototypes") }

  /// Runs in a folder that is gone afterwards.
  func files<Results>(_ run: (RunFolder) throws -> Results) throws -> (
    files: [String: Data], results: Results
  ) {
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let results = try run(RunFolder(url))
    return (try filesBelow(url), results)
  }

  /// A run that is stopped after `steps` words of progress, and then goes on in the same folder.
  func resumed<Results>(
    after steps: Int, _ run: (RunFolder, @escaping ProgressHandler) throws -> Results
  ) throws -> (files: [String: Data], partsBefore: Int) {
    let told = Counter()
    return try resumed(
      stoppingAt: { progress in
        if case .step = progress { told.next() >= steps } else { false }
      }, run)
  }

  /// The same, stopped by what its progress says.
  func resumed<Results>(
    stoppingAt isEnd: @escaping @Sendable (ExperimentProgress) -> Bool,
    _ run: (RunFolder, @escaping ProgressHandler) throws -> Results
  ) throws -> (files: [String: Data], partsBefore: Int) {
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    let folder = RunFolder(url)
    do {
      _ = try run(folder) { progress in if isEnd(progress) { throw Stop() } }
      throw NotStopped()
    } catch is Stop {}
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.file("parts").path).count
    _ = try run(folder) { _ in }
    return (try filesBelow(url), before)
  }

  struct Stop: Error {}
  struct NotStopped: Error {}

  private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
      count.withLock {
        $0 += 1
        return $0
      }
    }
  }
}

/// Everything but what differs between equal runs.
func comparable(_ files: [String: Data]) throws -> [String: Data] {
  try Dictionary(
    uniqueKeysWithValues: files.map { name, data in
      (name, name.hasSuffix(".json") ? try RepeatedRun.comparable(data, file: URL(filePath: name)) : data)
    })
}
