import Datasets
import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct AutoencoderPretrainingTests {
  private static func network(_ input: ImageShape, units: Int = 6) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "ae", input: input,
        nodes: [
          .init("flatten", .flatten), .init("encoder", .linear(outputs: units, bias: true)),
          .init("sigmoid", .sigmoid), .init("classifier", .linear(outputs: 4, bias: true)),
        ]))
    return Network(initializing: graph, seed: 2)
  }

  @Test("A step of gradient descent on reconstruction and sparsity agrees with central differences in Double")
  func oneStep() throws {
    let graph = try Graph(
      Architecture(
        name: "ae", input: ImageShape(channels: 1, height: 3, width: 3),
        nodes: [
          .init("flatten", .flatten), .init("encoder", .linear(outputs: 5, bias: true)),
          .init("codes", .sigmoid), .init("decoder", .linear(outputs: 9, bias: true)),
          .init("out", .sigmoid),
        ]))
    let network = Network(initializing: graph, seed: 2)
    var generator = SeededGenerator(seed: 8)
    let inputs = Tensor(shape: [14, 1, 3, 3], elements: (0..<14 * 9).map { _ in Float(generator.uniform()) })
    let sparsity = Sparsity(target: 0.1, weight: 0.7)
    let trained = try ReconstructionTrainer(
      TrainingConfiguration(
        epochCount: 1, batchSize: 14, microBatch: 7, optimizer: .sgd(momentum: 0, weightDecay: 0),
        learningRate: LearningRate(initial: 0.5), seed: 1),
      inputs: inputs, sparsity: (node: "codes", sparsity), workerCount: 2
    ).train(network).network
    // Micro-batches are those of the trainer: of its order.
    var shuffler = SeededGenerator(seed: 1, stream: RandomStream.shuffle(epoch: 0))
    let order = shuffler.permutation(14)
    let rows = order.map { inputs[row: $0].map(Double.init) }
    var reference = DoubleReference(network)
    func loss() -> Double {
      let results = reference.results(rows, .training)
      var value = 0.0
      for (output, input) in zip(results[4], rows) {
        for (found, wanted) in zip(output, input) { value += (found - wanted) * (found - wanted) / (9 * 14) }
      }
      for half in 0..<2 {
        for unit in 0..<5 {
          var mean = 0.0
          for row in half * 7..<half * 7 + 7 { mean += results[2][row][unit] / 7 }
          let divergence = 0.1 * log(0.1 / mean) + 0.9 * log(0.9 / (1 - mean))
          value += 0.7 * divergence / 2
        }
      }
      return value
    }
    for (index, parameter) in graph.parameters.enumerated() {
      let start = reference.parameters[parameter.name]!
      let slopes = centralDifferences(
        of: { values in
          reference.parameters[parameter.name] = values
          return loss()
        }, at: start)
      reference.parameters[parameter.name] = start
      for (element, slope) in slopes.enumerated() {
        expectClose(
          Double(trained.parameters[index].elements[element]), start[element] - 0.5 * slope, absolute: 2e-6)
      }
    }
  }

  @Test("The encoder is trained, reconstructs better and is sparser, and nothing else changes")
  func encoder() throws {
    let images = SyntheticImages.make(count: 200)
    let network = try Self.network(images.shape)
    let configuration = TrainingConfiguration(epochCount: 1, batchSize: 20, microBatch: 10, seed: 3)
    func trained(_ weight: Float, _ workerCount: Int = 2) throws -> (network: Network, losses: [Double]) {
      try AutoencoderPretraining(
        layer: "encoder", epochCount: 20, learningRate: 0.02, sparsity: Sparsity(target: 0.1, weight: weight)
      ).train(network, on: images, configuration, workerCount: workerCount)
    }
    let free = try trained(0)
    let sparse = try trained(0.05)
    #expect(sparse.losses.last! < 0.7 * sparse.losses[0])
    #expect(try trained(0.05, 3).network == sparse.network)
    #expect(sparse.network[parameter: "encoder.weight"] != network[parameter: "encoder.weight"])
    #expect(sparse.network[parameter: "classifier.weight"] == network[parameter: "classifier.weight"])
    func meanActivity(_ network: Network) throws -> Float {
      let codes = try Engine(running: network, workerCount: 1).features(
        of: images.tensor(of: 0..<images.count), layer: 2, pooling: .mean)
      return codes.elements.reduce(0, +) / Float(codes.elements.count)
    }
    #expect(abs(try meanActivity(sparse.network) - 0.1) < abs(try meanActivity(free.network) - 0.1))
  }

  @Test("A layer that is no encoder is refused by name")
  func refused() throws {
    let images = SyntheticImages.make(count: 8)
    #expect(throws: NetworkError.unknownLayer("classifier", known: ["encoder"])) {
      try AutoencoderPretraining(layer: "classifier").train(
        Self.network(images.shape), on: images, TrainingConfiguration(), workerCount: 1)
    }
  }
}
