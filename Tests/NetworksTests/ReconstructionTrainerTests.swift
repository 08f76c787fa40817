import Tensors
import TestSupport
import Testing

@testable import Networks

@Suite struct ReconstructionTrainerTests {
  static let dimension = 20

  /// Sparse autoencoder's parts, with extents that fill no panel of sixteen.
  static func network(latents: Int = 37, active: Int = 5) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "autoencoder", input: ImageShape(channels: dimension, height: 1, width: 1),
        nodes: [
          .init(
            "normalise",
            .normalise(
              mean: (0..<dimension).map { 0.1 * Float($0) },
              standardDeviation: Array(repeating: 2, count: dimension))),
          .init("flatten", .flatten), .init("encoder", .linear(outputs: latents, bias: true)),
          .init("relu", .relu), .init("topK", .topK(count: active)),
          .init("decoder", .linear(outputs: dimension, bias: true)),
        ]))
    return Network(initializing: graph, seed: 8)
  }

  static func inputs(_ count: Int) -> Tensor {
    var generator = SeededGenerator(seed: 31)
    return Tensor(shape: [count, dimension, 1, 1], elements: generator.normals(count * dimension))
  }

  static func configuration(
    epochs: Int = 2, batch: Int = 48, micro: Int = 16, _ optimizer: Optimizer = .adam(weightDecay: 0),
    rate: Float = 1e-2
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochs, batchSize: batch, microBatch: micro, optimizer: optimizer,
      learningRate: LearningRate(initial: rate), seed: 4)
  }

  private func columnLengths(_ weights: Tensor) -> [Double] {
    let width = weights.shape[1]
    return (0..<width).map { column in
      let values: [Float] = (0..<weights.shape[0]).map { weights.elements[$0 * width + column] }
      return Norm.l2(values)
    }
  }

  @Test("A step of gradient descent on the squared error agrees with central differences in Double")
  func oneStep() throws {
    let network = try Self.network()
    let inputs = Self.inputs(12)
    let rate: Float = 0.5
    let trained = try ReconstructionTrainer(
      Self.configuration(epochs: 1, batch: 12, micro: 5, .sgd(momentum: 0, weightDecay: 0), rate: rate),
      inputs: inputs, workerCount: 2
    ).train(network)

    var reference = DoubleReference(network)
    let images = (0..<12).map { inputs[row: $0].map(Double.init) }
    func loss() -> Double {
      let results = reference.results(images, .training)
      var sum = 0.0
      for (target, output) in zip(results[0], results.last!) {
        for (x, y) in zip(target, output) { sum += (y - x) * (y - x) }
      }
      return sum / Double(12 * Self.dimension)
    }
    expectClose(trained.losses[0], loss(), relative: 1e-5)
    var generator = SeededGenerator(seed: 6)
    for (index, parameter) in network.graph.parameters.enumerated() {
      for element in generator.permutation(parameter.count).prefix(10) {
        let start = reference.parameters[parameter.name]![element]
        let step = 1e-5
        reference.parameters[parameter.name]![element] = start + step
        let above = loss()
        reference.parameters[parameter.name]![element] = start - step
        let below = loss()
        reference.parameters[parameter.name]![element] = start
        let moved = trained.network.parameters[index].elements[element]
        let expected = start - Double(rate) * (above - below) / (2 * step)
        expectClose(Double(moved), expected, absolute: 2e-6, "\(parameter.name)[\(element)]")
      }
    }
  }

  @Test(
    "One, two and five workers train the same bytes, with and without columns of length 1",
    arguments: [true, false])
  func workerCount(_ unit: Bool) throws {
    let inputs = Self.inputs(150)
    let start = try Self.network()
    let results = try [1, 2, 5].map {
      try ReconstructionTrainer(
        Self.configuration(), inputs: inputs, unitColumnsNode: unit ? "decoder" : nil, workerCount: $0
      ).train(start)
    }
    for result in results.dropFirst() {
      #expect(
        result.network == results[0].network && result.network.parameters == results[0].network.parameters)
      #expect(result.losses == results[0].losses)
    }
    #expect(results[0].network.parameters != start.parameters)
    let lengths = columnLengths(try #require(results[0].network[parameter: "decoder.weight"]))
    #expect(lengths.allSatisfy { abs($0 - 1) < 1e-6 } == unit)
  }

  @Test("It learns: the loss falls, and is that of the network")
  func learns() throws {
    let inputs = Self.inputs(512)
    let (network, losses) = try ReconstructionTrainer(
      Self.configuration(epochs: 12), inputs: inputs, unitColumnsNode: "decoder", workerCount: 2
    ).train(try Self.network())
    #expect(losses.count == 12)
    #expect(losses.last! < 0.6 * losses[0])
    let output = try Engine(running: network, workerCount: 2).logits(of: inputs)
    let target = try Engine(running: network, workerCount: 2).features(of: inputs, layer: 1)
    var sum = 0.0
    for (y, x) in zip(output.elements, target.elements) { sum += Double(y - x) * Double(y - x) }
    let loss = sum / Double(output.elements.count)
    #expect(loss < losses.last! * 1.05)
  }

  @Test("Learning rates that are too large end in an error, not in a network of NaN")
  func diverges() throws {
    let network = try Self.network()
    #expect(throws: NetworkError.self) {
      try ReconstructionTrainer(
        Self.configuration(epochs: 30, .sgd(momentum: 0, weightDecay: 0), rate: 1e6),
        inputs: Self.inputs(96), workerCount: 2
      ).train(network)
    }
  }
}
