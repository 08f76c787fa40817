import Datasets
import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct LBFGSTrainingTests {
  static func configuration(
    _ epochCount: Int = 300, microBatch: Int = 16, tolerance: Double = 1e-6, memory: Int = 10,
    penalties: Penalties? = Penalties(layerDecay: [1e-3])
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochCount, batchSize: microBatch, microBatch: microBatch,
      optimizer: .lbfgs(memory: memory, gradientTolerance: tolerance), seed: 2, penalties: penalties)
  }

  static func network(_ widths: [Int] = [7], input: ImageShape = ImageShape(channels: 1, height: 8, width: 8))
    throws -> Network
  {
    var nodes: [Architecture.Node] = [.init("flatten", .flatten)]
    for (index, width) in widths.enumerated() {
      nodes.append(.init("fc\(index)", .linear(outputs: width, bias: true)))
      nodes.append(.init("sigmoid\(index)", .sigmoid))
    }
    nodes.append(.init("classifier", .linear(outputs: 4, bias: true)))
    return Network(
      initializing: try Graph(Architecture(name: "small", input: input, nodes: nodes)), seed: 4)
  }

  /// Mean cross-entropy and penalties in Double, as the equations stand.
  static func objective(_ reference: DoubleReference, _ images: LabelledImages, _ penalties: Penalties) throws
    -> Double
  {
    let pixels = images.tensor(of: 0..<images.count)
    let rows = (0..<images.count).map { pixels[row: $0].map(Double.init) }
    var value = reference.loss(rows, images.labels, .inference)
    let weights = reference.graph.parameters.filter { $0.role == .weight }
    for (index, parameter) in weights.enumerated() {
      let decay =
        penalties.layerDecay.isEmpty ? 0 : penalties.layerDecay[penalties.layerDecay.count == 1 ? 0 : index]
      let values = reference.parameters[parameter.name]!
      let squares = values.reduce(0) { $0 + $1 * $1 }
      switch penalties.decayForm {
      case .perUnit: value += Double(decay) / Double(parameter.shape[0]) * squares
      case .half:
        let biases = reference.parameters[parameter.name.replacing("weight", with: "bias")]!
        value += Double(decay) / 2 * (squares + biases.reduce(0) { $0 + $1 * $1 })
      }
      if index == 0 { value += Double(penalties.firstLayerL1) * values.reduce(0) { $0 + abs($1) } }
    }
    return value
  }

  @Test(
    "Value and gradient of the whole set agree with the equations in Double", arguments: [1, 3],
    Penalties.DecayForm.allCases)
  func objectiveAndGradient(_ workerCount: Int, form: Penalties.DecayForm) throws {
    let images = SyntheticImages.make(count: 37)
    let drawn = try Self.network([7, 5])
    // Biases begin at 0, where their decay has no slope.
    let network = try Network(
      graph: drawn.graph,
      parameters: zip(drawn.graph.parameters, drawn.parameters).map { parameter, values in
        parameter.role == .bias
          ? Tensor(shape: values.shape, elements: values.elements.indices.map { 0.1 * Float($0) - 0.2 })
          : values
      })
    let penalties = Penalties(layerDecay: [0.3, 0.02, 0.5], decayForm: form, firstLayerL1: 0.01)
    let objective = try FullBatchObjective(
      Self.configuration(microBatch: 8, penalties: penalties),
      examples: ClassifiedExamples(images: images, loss: .softmax), workerCount: workerCount,
      network: network)
    let point = objective.variables()
    var gradient = point
    let found = try objective.evaluate(at: point, gradient: &gradient)
    var reference = DoubleReference(network)
    expectClose(found.value, try Self.objective(reference, images, penalties), relative: 1e-6)
    // The step of descent that the gradient describes, back in the shapes of the parameters.
    let moved = try objective.network(at: zip(point, gradient).map { $0 - $1 })
    var generator = SeededGenerator(seed: 5)
    for (index, parameter) in network.graph.parameters.enumerated() {
      for element in generator.permutation(parameter.count).prefix(5) {
        let value = reference.parameters[parameter.name]![element]
        let slope = try centralDifferences(
          of: { changed in
            reference.parameters[parameter.name]![element] = changed[0]
            return try Self.objective(reference, images, penalties)
          }, at: [value])[0]
        reference.parameters[parameter.name]![element] = value
        let step =
          Double(network.parameters[index].elements[element])
          - Double(moved.parameters[index].elements[element])
        // Float parameters of order one hold a step to 1e-7.
        expectClose(step, slope, absolute: 2e-6, relative: 1e-4)
      }
    }
  }

  @Test("One, two and five workers end with the same bytes, and so does a run that was stopped and went on")
  func sameBytes() throws {
    let images = SyntheticImages.make(count: 100)
    let configuration = Self.configuration(27, tolerance: 0, penalties: Penalties(layerDecay: [1e-4]))
    func training(_ workerCount: Int) -> LBFGSTraining {
      LBFGSTraining(
        configuration: configuration, memory: 5, gradientTolerance: 0, training: images, validation: nil,
        workerCount: workerCount, roundLength: 20)
    }
    var checkpoints: [TrainingState] = []
    let states = try [1, 2, 5].map {
      try training($0).train(from: TrainingState(starting: Self.network([7]))) { _ in
      } checkpoint: {
        checkpoints.append($0)
      }
    }
    for state in states.dropFirst() {
      #expect(state.network == states[0].network)
      #expect(state.history.map(\.objective) == states[0].history.map(\.objective))
    }
    let first = try #require(checkpoints.first)
    #expect(first.completedEpochCount == 20 && states[0].completedEpochCount == 27)
    let resumed = try training(2).train(from: first) { _ in
    } checkpoint: { _ in
    }
    #expect(resumed.network == states[0].network)
    #expect(resumed.history.map(\.objective) == states[0].history.map(\.objective))
  }

  /// What Newton's method found in NumPy and SciPy: Tests/Reference/Training.
  private struct Optimum: Decodable {
    let images: [[Float]]
    let labels: [Int]
    let decay: Float
    let weights: [[Double]]
    let biases: [Double]
    let value: Double
    let loss: Double
  }

  @Test("Softmax regression with decay ends at the optimum that Newton's method finds in SciPy")
  func knownOptimum() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Training/softmax.json")
    let optimum = try JSONDecoder().decode(Optimum.self, from: Data(contentsOf: file))
    let images = LabelledImages(
      shape: ImageShape(channels: 1, height: 3, width: 4), pixels: .floats(optimum.images.flatMap(\.self)),
      labels: optimum.labels, classNames: ["a", "b", "c"])
    let graph = try Graph(.named(.softmax, input: images.shape, classCount: 3))
    let state = try Trainer(
      Self.configuration(tolerance: 1e-7, penalties: Penalties(layerDecay: [optimum.decay])),
      training: images, validation: nil, workerCount: 2
    ).train(from: TrainingState(starting: Network(initializing: graph, seed: 1)))
    let last = try #require(state.history.last)
    // A gradient of 1e-6 against a curvature of at least 0.007 leaves 2e-4 in the weights, and its square in the
    // value.
    expectClose(try #require(last.objective), optimum.value, absolute: 1e-7)
    expectClose(last.trainingLoss, optimum.loss, absolute: 1e-5)
    let weights = try #require(state.network[parameter: "classifier.weight"])
    for (found, expected) in zip(weights.elements, optimum.weights.flatMap(\.self)) {
      expectClose(Double(found), expected, absolute: 1e-3)
    }
    // One number added to all biases changes nothing.
    let biases = try #require(state.network[parameter: "classifier.bias"]).elements.map(Double.init)
    let mean = biases.reduce(0, +) / 3
    for (found, expected) in zip(biases, optimum.biases) {
      expectClose(found - mean, expected, absolute: 1e-3)
    }
  }

  @Test("The loss falls with every iteration until the gradient is as small as asked for")
  func converges() throws {
    let images = SyntheticImages.make(count: 200)
    let state = try Trainer(
      Self.configuration(2000, tolerance: 1e-5), training: images, validation: images, workerCount: 2
    ).train(from: TrainingState(starting: Self.network([])))
    #expect(state.ending == .converged)
    let values = state.history.compactMap(\.objective)
    #expect(values.count == state.history.count)
    // Rounding may raise it by the last digits.
    #expect(zip(values, values.dropFirst()).allSatisfy { $1 <= $0 + 1e-9 })
    let last = try #require(state.history.last)
    #expect(try #require(last.gradientNorm) < 1e-3)
    #expect(last.trainingAccuracy == 1)
    #expect(last.validationAccuracy == 1)
    // What has converged stays where it is.
    let again = try Trainer(
      Self.configuration(2000, tolerance: 1e-5), training: images, validation: nil, workerCount: 1
    ).train(from: state)
    #expect(again.network == state.network)
    #expect(again.ending == .converged)
  }

  @Test("Frozen layers keep their bytes, and the loss still falls", arguments: [true, false])
  func frozen(_ usesLBFGS: Bool) throws {
    let images = SyntheticImages.make(count: 100)
    let network = try Self.network([7, 6])
    var configuration = Self.configuration(30, penalties: Penalties(layerDecay: [1e-4]))
    if !usesLBFGS { configuration.optimizer = .sgd(momentum: 0.9, weightDecay: 0.01) }
    configuration.frozenLayers = ["fc0"]
    let state = try Trainer(configuration, training: images, validation: nil, workerCount: 2)
      .train(from: TrainingState(starting: network))
    for name in ["fc0.weight", "fc0.bias"] {
      #expect(state.network[parameter: name] == network[parameter: name])
    }
    for name in ["fc1.weight", "fc1.bias", "classifier.weight"] {
      #expect(state.network[parameter: name] != network[parameter: name])
    }
    #expect(state.history.last!.trainingLoss < state.history[0].trainingLoss)
    configuration.frozenLayers = ["sigmoid0"]
    #expect(throws: NetworkError.unknownLayer("sigmoid0", known: ["fc0", "fc1", "classifier"])) {
      try Trainer(configuration, training: images, validation: nil).train(
        from: TrainingState(starting: network))
    }
  }

  @Test("A loss that is drawn anew in every pass is refused, and so is a wrong number of decays")
  func refused() throws {
    let images = SyntheticImages.make(count: 40)
    for (network, cause) in [
      (try TrainerTests.network(), "batch normalization"),
      (
        Network(
          initializing: try Graph(
            Architecture(
              name: "d", input: images.shape,
              nodes: [
                .init("drop", .dropout(rate: 0.5)), .init("classifier", .linear(outputs: 4, bias: true)),
              ])),
          seed: 1), "dropout"
      ),
    ] {
      #expect(throws: NetworkError.lossNotFixed(cause: cause)) {
        try Trainer(Self.configuration(), training: images, validation: nil).train(
          from: TrainingState(starting: network))
      }
    }
    #expect(throws: NetworkError.wrongDecayCount(expected: 2, found: 3)) {
      try Trainer(
        Self.configuration(penalties: Penalties(layerDecay: [1, 1, 1])), training: images, validation: nil
      ).train(from: TrainingState(starting: Self.network([7])))
    }
  }

  @Test("A step of gradient descent follows loss and penalties", arguments: [1, 3])
  func penaltiesOfBatches(_ workerCount: Int) throws {
    let images = SyntheticImages.make(count: 12)
    let network = try Self.network([7])
    func stepped(_ penalties: Penalties?) throws -> Network {
      try Trainer(
        TrainingConfiguration(
          epochCount: 1, batchSize: 12, microBatch: 5, optimizer: .sgd(momentum: 0, weightDecay: 0),
          learningRate: LearningRate(initial: 0.25), penalties: penalties), training: images,
        validation: nil, workerCount: workerCount
      ).train(from: TrainingState(starting: network)).network
    }
    let plain = try stepped(nil)
    let penalised = try stepped(Penalties(layerDecay: [0.2, 0.6], firstLayerL1: 0.03))
    for (name, decay, units, absolute) in [("fc0", 0.2, 7.0, 0.03), ("classifier", 0.6, 4.0, 0)] {
      let (start, first, second) = (
        try #require(network[parameter: "\(name).weight"]), try #require(plain[parameter: "\(name).weight"]),
        try #require(penalised[parameter: "\(name).weight"])
      )
      for index in start.elements.indices {
        let weight = Double(start.elements[index])
        let slope = 2 * decay / units * weight + absolute * (weight > 0 ? 1 : -1)
        expectClose(
          Double(second.elements[index]), Double(first.elements[index]) - 0.25 * slope, absolute: 1e-6)
      }
      #expect(plain[parameter: "\(name).bias"] == penalised[parameter: "\(name).bias"])
    }
  }
}
