import Datasets
import Foundation
import Networks
import Tensors

@testable import Adversarial

/// A small convolutional ReLU network, trained on made-up strokes once for all tests.
///
/// Two bright lines on a black ground, as in handwriting: most pixels are exactly 0.
enum TrainedNetwork {
  static let shape = ImageShape(channels: 1, height: 10, width: 10)
  static let classCount = 5

  /// - Throws: ``NetworkError``.
  static let shared: Result<Network, any Error> = Result { try trained() }

  static func engine(workerCount: Int = 2) throws -> Engine {
    try Engine(running: shared.get(), workerCount: workerCount)
  }

  /// Held-out images that the network gets right.
  static func batch(count: Int) throws -> AttackBatch {
    let images = strokes(count: 3 * count, seed: 2)
    let tensor = images.tensor(of: 0..<images.count)
    let predictions = Prediction.rows(of: try engine().logits(of: tensor)).map(\.label)
    let right = Array(predictions.indices.filter { predictions[$0] == images.labels[$0] }.prefix(count))
    return AttackBatch(
      images: tensor.rows(right), labels: right.map { images.labels[$0] }, imageIDs: right)
  }

  private static func trained() throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "strokes", input: shape,
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 8, kernel: 3, stride: 2, padding: 1))),
          .init("relu1", .relu), .init("flatten", .flatten), .init("hidden", .linear(outputs: 32, bias: true)),
          .init("relu2", .relu), .init("classifier", .linear(outputs: classCount, bias: true)),
        ]))
    return try Trainer(
      TrainingConfiguration(epochCount: 12, batchSize: 32, learningRate: LearningRate(initial: 0.05)),
      training: strokes(count: 1500, seed: 1), validation: nil, workerCount: 2
    ).train(from: TrainingState(starting: Network(initializing: graph, seed: 3))).network
  }

  /// Class k: a horizontal and a vertical line whose places depend on k, jittered, of varying brightness, with
  /// noise on them.
  private static func strokes(count: Int, seed: UInt64) -> LabelledImages {
    var generator = SeededGenerator(seed: seed, purpose: "strokes")
    let (height, width) = (shape.height, shape.width)
    var samples: [UInt8] = []
    for image in 0..<count {
      let label = image % classCount
      let row = 1 + label + Int(generator.next(upperBound: 3 as UInt64))
      let column = 1 + (label * 2) % classCount + Int(generator.next(upperBound: 3 as UInt64))
      let brightness = 0.5 + 0.5 * generator.uniform()
      for y in 0..<height {
        for x in 0..<width {
          let isOn = (y == row && x > 0) || (x == column && y > 1)
          let noise = 0.3 * generator.uniform()
          samples.append(isOn ? UInt8(255 * min(1, brightness + noise)) : noise > 0.27 ? UInt8(255 * noise) : 0)
        }
      }
    }
    return LabelledImages(
      shape: shape, pixels: .bytes(samples), labels: (0..<count).map { $0 % classCount },
      classNames: (0..<classCount).map { "class \($0)" })
  }
}
