import Adversarial
import CAllocations
import Datasets
import Foundation
import Networks
import Tensors

/// Prints how often memory is asked for by work of a growing size: one line of `name size count` each.
///
/// What a step of training or a micro-batch of an attack allocates would grow with the size; what a call allocates
/// does not.
@main
struct AllocationProbe {
  static func main() throws {
    allocation_count_leave_out_cpp()
    let shape = ImageShape(channels: 1, height: 28, width: 28)
    for name in [Architecture.Named.lenet, .mlp, .resnet8] {
      let graph = try Graph(.named(name, input: shape, classCount: 10))
      let network = Network(initializing: graph, seed: 1)
      try train(network, on: images(256, shape), epochs: 1)  // what is set up once per process
      for batchCount in [4, 36] {
        let images = images(batchCount * 128, shape)
        try report("train-\(name.rawValue)", batchCount) { try train(network, on: images, epochs: 1) }
      }
      let engine = try Engine(running: network)
      for count in [256, 1024] {
        let pixels = images(count, shape).tensor(of: 0..<count)
        let batch = AttackBatch(
          images: pixels, labels: (0..<count).map { $0 % 10 }, imageIDs: Array(0..<count))
        func attack() throws {
          _ = try FastGradientSignMethod().perturbedImages(
            for: batch, under: ThreatModel(norm: .linf, epsilon: 0.1), classifier: engine)
        }
        try attack()  // builds the plans
        try report("attack-\(name.rawValue)", count, attack)
      }
    }
    let graph = try Graph(.named(.lenet, input: shape, classCount: 10))
    try train(Network(initializing: graph, seed: 1), on: images(512, shape), epochs: 20) { state in
      guard [3, 20].contains(state.completedEpochCount) else { return }
      print("resident-kilobytes", state.completedEpochCount, try residentKilobytes())
    }
  }

  private static func report(_ name: String, _ size: Int, _ work: () throws -> Void) throws {
    let before = allocation_count()
    try work()
    print(name, size, allocation_count() - before)
  }

  private static func train(
    _ network: Network, on images: LabelledImages, epochs: Int,
    checkpoint: (TrainingState) throws -> Void = { _ in }
  ) throws {
    let configuration = TrainingConfiguration(
      epochCount: epochs, batchSize: 128, optimizer: .sgd(momentum: 0.9, weightDecay: 0))
    _ = try Trainer(configuration, training: images, validation: nil)
      .train(from: TrainingState(starting: network), checkpoint: checkpoint)
  }

  private static func images(_ count: Int, _ shape: ImageShape) -> LabelledImages {
    var generator = SeededGenerator(seed: 7)
    return LabelledImages(
      shape: shape,
      pixels: .bytes((0..<count * shape.pixelCount).map { _ in UInt8(generator.uniform() * 255) }),
      labels: (0..<count).map { $0 % 10 }, classNames: (0..<10).map(String.init))
  }

  private static func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
  }
}
