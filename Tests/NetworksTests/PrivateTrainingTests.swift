import Foundation
import Tensors
import Testing

@testable import Networks

@Suite struct PrivateTrainingTests {
  private static func network(_ name: Architecture.Named = .mlp) throws -> Network {
    let shape = ImageShape(channels: 1, height: 8, width: 8)
    return Network(initializing: try Graph(.named(name, input: shape, classCount: 4)), seed: 3)
  }

  private static func configuration(
    _ privacy: PrivateTraining?, epochCount: Int = 2, optimizer: Optimizer = .sgd(momentum: 0, weightDecay: 0)
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochCount, batchSize: 24, microBatch: 8, optimizer: optimizer,
      learningRate: LearningRate(initial: 0.1), seed: 9, privacy: privacy)
  }

  private static func train(
    _ configuration: TrainingConfiguration, _ network: Network, workerCount: Int = 2, imageCount: Int = 100,
    checkpoint: (TrainingState) throws -> Void = { _ in }
  ) throws -> TrainingState {
    try Trainer(
      configuration, training: SyntheticImages.make(count: imageCount), validation: nil,
      workerCount: workerCount
    ).train(from: TrainingState(starting: network), checkpoint: checkpoint)
  }

  @Test(
    "One, two and five workers train the same bytes", arguments: [Architecture.Named.mlp, .lenet, .maxout])
  func workerCount(_ name: Architecture.Named) throws {
    let configuration = Self.configuration(PrivateTraining(clip: 0.5, noiseMultiplier: 0.7))
    let states = try [1, 2, 5].map { try Self.train(configuration, Self.network(name), workerCount: $0) }
    for state in states.dropFirst() {
      #expect(state.network == states[0].network)
      #expect(state.history.map(\.trainingLoss) == states[0].history.map(\.trainingLoss))
    }
    #expect(states[0].network != (try Self.network(name)))
  }

  @Test("Going on from a checkpoint ends with the bytes of an uninterrupted run")
  func resuming() throws {
    let configuration = Self.configuration(
      PrivateTraining(clip: 0.5, noiseMultiplier: 0.7), epochCount: 3, optimizer: .adam(weightDecay: 1e-3))
    var checkpoints: [TrainingState] = []
    let whole = try Self.train(configuration, Self.network()) { checkpoints.append($0) }
    #expect(whole.stepCount == 12)  // 100 images in lots of 24: 4 steps are the nearest to an epoch
    let resumed = try Trainer(
      configuration, training: SyntheticImages.make(count: 100), validation: nil, workerCount: 1
    ).train(from: checkpoints[0])
    #expect(resumed.network == whole.network && resumed.moments == whole.moments)
    #expect(resumed.history.map(\.trainingLoss) == whole.history.map(\.trainingLoss))
  }

  @Test(
    "Without clipping and noise it is gradient descent on the same lots",
    arguments: [Architecture.Named.mlp, .lenet])
  func plain(_ name: Architecture.Named) throws {
    let images = SyntheticImages.make(count: 60)
    let configuration = Self.configuration(
      PrivateTraining(clip: .infinity, noiseMultiplier: 0), epochCount: 1)
    let start = try Self.network(name)
    let found = try Self.train(configuration, start, imageCount: 60).network
    var expected = start
    let (rate, count) = configuration.lots(of: 60)
    #expect(rate == 0.4 && count == 3)  // 2.5 steps are an epoch
    for step in 0..<count {
      let lot = PoissonLots(imageCount: 60, samplingRate: rate, seed: 9).lot(step: step)
      let pass = try TrainingPass.run(
        expected, images: images.tensor(of: lot), labels: lot.map { images.labels[$0] })
      let parameters = zip(expected.graph.parameters, expected.parameters).map { parameter, tensor in
        let gradient = pass.gradients[parameter.name]!
        let size = Float(lot.count) / 24  // of the mean over the lot; ours is over the expected size
        return Tensor(
          shape: tensor.shape, elements: zip(tensor.elements, gradient.elements).map { $0 - 0.1 * size * $1 })
      }
      expected = try Network(graph: expected.graph, parameters: parameters)
    }
    for (one, other) in zip(found.parameters, expected.parameters) {
      for (one, other) in zip(one.elements, other.elements) { #expect(abs(one - other) < 1e-5) }
    }
  }

  @Test("A step without a gradient moves every parameter by noise of deviation η σ C / L")
  func noise() throws {
    // So small a bound leaves nothing of the images.
    let configuration = TrainingConfiguration(
      epochCount: 1, batchSize: 25, microBatch: 8, optimizer: .sgd(momentum: 0, weightDecay: 0),
      learningRate: LearningRate(initial: 2), seed: 9,
      privacy: PrivateTraining(clip: 1e-3, noiseMultiplier: 500))
    let start = try Self.network()
    let end = try Self.train(configuration, start, imageCount: 25).network
    let moves = zip(start.parameters, end.parameters).flatMap {
      zip($0.elements, $1.elements).map { Double($1 - $0) }
    }
    let deviation = 2 * 500 * 1e-3 / 25
    let count = Double(moves.count)
    #expect(abs(moves.reduce(0, +) / count) < 5 * deviation / count.squareRoot())
    let variance = moves.reduce(0) { $0 + $1 * $1 } / count
    #expect(abs(variance / (deviation * deviation) - 1) < 5 * (2 / count).squareRoot() + 1e-3)
  }

  @Test(
    "Easy images are learned with clipping and a little noise", arguments: [Architecture.Named.mlp, .lenet])
  func learns(_ name: Architecture.Named) throws {
    var configuration = Self.configuration(PrivateTraining(clip: 1, noiseMultiplier: 0.6), epochCount: 20)
    configuration.learningRate = LearningRate(initial: 0.3)
    let network = try Self.train(configuration, Self.network(name), imageCount: 400).network
    let judged = try Engine(running: network, workerCount: 2).accuracyAndLoss(
      on: SyntheticImages.make(count: 200, seed: 2))
    #expect(judged.accuracy > 0.9)
  }

  @Test("What has no gradient for each image, or looks at images past the noise, is refused")
  func refusals() throws {
    let privacy = PrivateTraining(clip: 1, noiseMultiplier: 1)
    func refusal(_ network: Network, _ change: (inout TrainingConfiguration) -> Void = { _ in })
      -> PrivateTrainingError?
    {
      var configuration = Self.configuration(privacy)
      change(&configuration)
      do {
        _ = try Self.train(configuration, network)
        return nil
      } catch { return error as? PrivateTrainingError }
    }
    #expect(refusal(try TrainerTests.network()) == .batchNormalization(layer: "norm"))
    #expect(refusal(try TrainerTests.network()) { $0.frozenLayers = ["norm"] } == nil)
    let network = try Self.network()
    #expect(refusal(network) { $0.optimizer = .lbfgs() } == .lbfgs)
    #expect(refusal(network) { $0.patience = 2 } == .patience)
    #expect(refusal(network) { $0.adversarial = AdversarialTraining(.fgsm, epsilon: 0.1) } == .adversarial)
    #expect(
      refusal(network) {
        $0.pretraining = AutoencoderPretraining(layer: "fc1", sparsity: Sparsity(target: 0.1, weight: 1))
      }
        == .pretraining)
    #expect("\(PrivateTrainingError.batchNormalization(layer: "norm"))".contains("\"norm\""))
  }

  @Test("Settings of earlier versions are read and written as before, and private ones survive a file")
  func files() throws {
    let plain = Self.configuration(nil)
    let text = String(decoding: try JSONEncoder().encode(plain), as: UTF8.self)
    #expect(!text.contains("privacy"))
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: Data(text.utf8)) == plain)
    let withPrivacy = Self.configuration(PrivateTraining(clip: 1.5, noiseMultiplier: 0.7))
    #expect(
      try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(withPrivacy))
        == withPrivacy)
  }
}
