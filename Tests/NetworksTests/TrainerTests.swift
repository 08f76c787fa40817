import Datasets
import Foundation
import Synchronization
import Tensors
import Testing

@testable import Networks

@Suite struct TrainerTests {
  /// Everything that could depend on the order of the work: batch normalization, dropout, a residual sum.
  static func network(dropout: Float = 0.3) throws -> Network {
    let architecture = Architecture(
      name: "small", input: ImageShape(channels: 1, height: 8, width: 8),
      nodes: [
        .init("conv", .convolution(Convolution(outputChannels: 6, kernel: 3, padding: 1))),
        .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)), .init("relu", .relu),
        .init("conv2", .convolution(Convolution(outputChannels: 6, kernel: 3, padding: 1))),
        .init("add", .add, inputs: ["conv2", "relu"]), .init("relu2", .relu),
        .init("pool", .maxPool(Pooling(kernel: 2, stride: 2))), .init("flatten", .flatten),
        .init("fc", .linear(outputs: 12, bias: true)), .init("tanh", .tanh),
        .init("dropout", .dropout(rate: dropout)), .init("classifier", .linear(outputs: 4, bias: true)),
      ])
    return Network(initializing: try Graph(architecture), seed: 3)
  }

  static func configuration(_ epochCount: Int = 2) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochCount, batchSize: 24, microBatch: 8, optimizer: .sgd(momentum: 0.9, weightDecay: 1e-3),
      learningRate: LearningRate(initial: 0.05, schedule: .step(epochs: 1, factor: 0.5), warmupEpochs: 0.5),
      augmentation: Augmentation(flips: true, cropPadding: 1), seed: 9)
  }

  @Test("One, two and five workers train the same bytes")
  func workerCount() throws {
    let images = SyntheticImages.make(count: 100)
    let states = try [1, 2, 5].map {
      try Trainer(Self.configuration(), training: images, validation: nil, workerCount: $0)
        .train(from: TrainingState(starting: Self.network()))
    }
    for state in states.dropFirst() {
      #expect(state.network == states[0].network)
      #expect(state.moments == states[0].moments)
      #expect(state.history.map(\.trainingLoss) == states[0].history.map(\.trainingLoss))
    }
    #expect(states[0].network != (try Self.network()))
  }

  @Test("Going on from a checkpoint ends with the bytes of an uninterrupted run", arguments: 0..<3)
  func resuming(_ number: Int) throws {
    let images = SyntheticImages.make(count: 70)
    var configuration = Self.configuration(3)
    configuration.optimizer =
      [.sgd(momentum: 0.9, weightDecay: 1e-3), .adam(weightDecay: 1e-3), .adamW(weightDecay: 1e-2)][number]
    let trainer = Trainer(configuration, training: images, validation: nil, workerCount: 2)
    struct Stop: Error {}
    var checkpoints: [TrainingState] = []
    let whole = try trainer.train(
      from: TrainingState(starting: Self.network()), checkpoint: { checkpoints.append($0) })
    #expect(checkpoints.count == 3)
    let resumed = try trainer.train(from: checkpoints[0])
    #expect(resumed.network == whole.network)
    #expect(resumed.moments == whole.moments)
    #expect(resumed.stepCount == whole.stepCount)
    #expect(resumed.history.map(\.trainingLoss) == whole.history.map(\.trainingLoss))
  }

  @Test("A step of gradient descent subtracts the gradient times the learning rate")
  func oneStep() throws {
    let images = SyntheticImages.make(count: 12)
    let network = try Self.network(dropout: 0)
    let configuration = TrainingConfiguration(
      epochCount: 1, batchSize: 12, microBatch: 12, optimizer: .sgd(momentum: 0, weightDecay: 0),
      learningRate: LearningRate(initial: 0.25), seed: 1)
    let trained = try Trainer(configuration, training: images, validation: nil, workerCount: 1)
      .train(from: TrainingState(starting: network)).network
    let pass = try TrainingPass.run(network, images: images.tensor(of: 0..<12), labels: images.labels)
    for (index, parameter) in network.graph.parameters.enumerated() where parameter.isTrained {
      let gradient = try #require(pass.gradients[parameter.name])
      for element in 0..<parameter.count {
        let expected = network.parameters[index].elements[element] - 0.25 * gradient.elements[element]
        // The trainer sums the images in another order.
        #expect(abs(trained.parameters[index].elements[element] - expected) < 1e-5)
      }
    }
  }

  @Test("Easy images are learned", arguments: [Architecture.Named.softmax, .mlp, .lenet])
  func learns(_ name: Architecture.Named) throws {
    let images = SyntheticImages.make(count: 400)
    let heldOut = SyntheticImages.make(count: 200, seed: 2)
    let graph = try Graph(.named(name, input: images.shape, classCount: 4))
    var configuration = name.recommendedTraining(seed: 1)
    configuration.epochCount = 12
    configuration.batchSize = 16
    let state = try Trainer(configuration, training: images, validation: heldOut, workerCount: 2)
      .train(from: TrainingState(starting: Network(initializing: graph, seed: 1)))
    #expect(try #require(state.history.last?.validationAccuracy) > 0.95)
    #expect(state.history.last!.trainingLoss < state.history[0].trainingLoss)
  }

  @Test(
    "Every image is seen once per epoch, also when the last batch is short",
    arguments: [1, 7, 24, 25, 49, 70])
  func shortBatches(_ count: Int) throws {
    let images = SyntheticImages.make(count: count)
    var configuration = Self.configuration(1)
    configuration.augmentation = Augmentation()
    let seen = Counter()
    _ = try Trainer(configuration, training: images, validation: nil, workerCount: 2).train(
      from: TrainingState(starting: Self.network(dropout: 0)), progress: { seen.set($0.imagesDone) })
    #expect(seen.value == count)
  }

  @Test("What progress throws stops training without a worker left behind", arguments: [1, 2, 4])
  func stopping(_ workerCount: Int) throws {
    struct Stop: Error {}
    let images = SyntheticImages.make(count: 400)
    #expect(throws: Stop.self) {
      try Trainer(Self.configuration(50), training: images, validation: nil, workerCount: workerCount).train(
        from: TrainingState(starting: Self.network()), progress: { if $0.epoch == 3 { throw Stop() } })
    }
  }

  @Test("A loss that is not finite is an error that names the epoch")
  func divergence() throws {
    let images = SyntheticImages.make(count: 64)
    var configuration = Self.configuration(20)
    configuration.learningRate = LearningRate(initial: 1e30)
    #expect {
      try Trainer(configuration, training: images, validation: nil, workerCount: 2)
        .train(from: TrainingState(starting: Self.network(dropout: 0)))
    } throws: {
      "\($0)".contains("diverged")
    }
  }

  @Test("Training stops when validation no longer improves and keeps the best network")
  func earlyStopping() throws {
    let images = SyntheticImages.make(count: 60)
    // Labels of noise cannot be predicted: validation soon gets worse.
    let noise = SyntheticImages.make(count: 60, seed: 8)
    let shuffled = LabelledImages(
      shape: noise.shape, pixels: noise.pixels, labels: noise.labels.reversed().map { ($0 + 1) % 4 },
      classNames: noise.classNames)
    var configuration = Self.configuration(40)
    configuration.patience = 3
    let trainer = Trainer(configuration, training: images, validation: shuffled, workerCount: 2)
    let state = try trainer.train(from: TrainingState(starting: Self.network()))
    #expect(state.history.count < 40)
    let losses = state.history.compactMap(\.validationLoss)
    let best = try #require(state.best)
    let judged = try Engine(running: best, workerCount: 1).accuracyAndLoss(on: shuffled)
    #expect(abs(judged.loss - losses.min()!) < 1e-6)
    #expect(losses.count - 1 - losses.firstIndex(of: losses.min()!)! == 3)
  }

  @Test("Images of another shape and another number of classes are refused")
  func mismatch() throws {
    let network = try Self.network()
    let wide = SyntheticImages.make(count: 8, shape: ImageShape(channels: 1, height: 8, width: 9))
    #expect(throws: NetworkError.wrongImageShape(expected: network.inputShape, found: wide.shape)) {
      try Trainer(Self.configuration(), training: wide, validation: nil).train(
        from: TrainingState(starting: network))
    }
    let more = SyntheticImages.make(count: 10, classCount: 5)
    #expect(throws: NetworkError.wrongClassCount(expected: 4, found: 5)) {
      try Trainer(Self.configuration(), training: more, validation: nil).train(
        from: TrainingState(starting: network))
    }
  }
}

/// A number that a closure on another thread may set.
final class Counter: Sendable {
  private let stored = Mutex(0)
  var value: Int { stored.withLock { $0 } }
  func set(_ value: Int) { stored.withLock { $0 = value } }
}
