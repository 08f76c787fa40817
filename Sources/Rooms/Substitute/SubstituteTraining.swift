import Adversarial
import Datasets
import Networks
import Tensors

/// Trains a substitute from a black box's labels alone, round by round.
///
///     S₀  a few images;   train on (S_ρ, labels);   S_ρ₊₁ = S_ρ ∪ Jacobian augmentation of S_ρ with λ (−1)^⌊ρ/3⌋
///
/// Papernot et al. (2017), algorithm 1, with the changing sign of their section 4.4 (τ = 3). Each round trains anew and
/// asks about its new images only, though one may be as another was before. <https://arxiv.org/abs/1602.02697>
struct SubstituteTraining {
  /// Rounds after which λ changes its sign.
  static let period = 3
  /// Steps that a round makes at least, so that a hundred images are learnt too.
  static let leastStepCount = 300

  let graph: Graph
  let training: TrainingConfiguration
  /// S₀
  let seeds: Tensor
  let classNames: [String]
  /// How often S doubles.
  let roundCount: Int
  /// λ
  let step: Float
  let workerCount: Int

  /// A substitute after a round of training.
  struct Round {
    /// Of the rounds, from 0.
    let number: Int
    /// That were asked for it.
    let queryCount: Int
    let network: Network
    let engine: Engine
    /// All images asked about so far, and the answers.
    let images: Tensor
    let labels: [Int]
  }

  /// - Parameters:
  ///   - progress: Told of epochs; what it throws ends the training.
  ///   - visit: Called after each round.
  func run(
    asking oracle: LabelOracle<some Classifier>,
    progress: @escaping @Sendable (TrainingProgress) throws -> Void,
    visit: (Round) throws -> Void
  ) throws {
    var images = seeds
    var labels = try oracle.labels(of: seeds)
    for number in 0...roundCount {
      let network = try trained(on: images, labels, progress)
      let engine = try Engine(running: network, workerCount: workerCount)
      try visit(
        Round(
          number: number, queryCount: oracle.queryCount, network: network, engine: engine, images: images,
          labels: labels))
      guard number < roundCount else { return }
      let sign: Float = number / Self.period % 2 == 0 ? 1 : -1
      let new = try JacobianAugmentation.images(
        from: images, labels: labels, step: sign * step, substitute: engine)
      labels += try oracle.labels(of: new)
      images = Tensor(
        shape: [images.count + new.count] + images.shape.dropFirst(), elements: images.elements + new.elements
      )
    }
  }

  private func trained(
    on images: Tensor, _ labels: [Int], _ progress: @escaping @Sendable (TrainingProgress) throws -> Void
  ) throws -> Network {
    var configuration = training
    configuration.batchSize = min(training.batchSize, images.count)
    configuration.microBatch = min(training.microBatch, configuration.batchSize)
    let stepsPerEpoch = (images.count + configuration.batchSize - 1) / configuration.batchSize
    configuration.epochCount = max(
      training.epochCount, (Self.leastStepCount + stepsPerEpoch - 1) / stepsPerEpoch)
    let examples = LabelledImages(
      shape: graph.architecture.input, pixels: .floats(images.elements), labels: labels,
      classNames: classNames)
    return try Trainer(configuration, training: examples, validation: nil, workerCount: workerCount).train(
      from: TrainingState(starting: Network(initializing: graph, seed: training.seed)), progress: progress
    ).network
  }
}
