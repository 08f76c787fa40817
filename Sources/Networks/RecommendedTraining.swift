extension Architecture.Named {
  /// Settings under which the architecture trains well on images of its kind; a start, not an optimum.
  public func recommendedTraining(seed: UInt64) -> TrainingConfiguration {
    switch self {
    case .softmax, .fc100, .fc200, .fc123, .rbf:
      TrainingConfiguration(
        epochCount: 10, optimizer: .adam(weightDecay: 0),
        learningRate: LearningRate(initial: 2e-3, schedule: .cosine),
        seed: seed)
    case .ae400:
      TrainingConfiguration(
        epochCount: 30, optimizer: .adam(weightDecay: 0),
        learningRate: LearningRate(initial: 2e-3, schedule: .cosine), seed: seed,
        pretraining: Self.encoderTraining, frozenLayers: ["encoder"])
    case .maxout:
      TrainingConfiguration(
        epochCount: 30, optimizer: .sgd(momentum: 0.9, weightDecay: 0),
        learningRate: LearningRate(initial: 0.05, schedule: .cosine, warmupEpochs: 1), seed: seed)
    case .mlp:
      TrainingConfiguration(
        epochCount: 5, optimizer: .adam(weightDecay: 1e-4),
        learningRate: LearningRate(initial: 3e-3, schedule: .cosine, warmupEpochs: 0.25), seed: seed)
    case .lenet:
      TrainingConfiguration(
        epochCount: 5, optimizer: .sgd(momentum: 0.9, weightDecay: 1e-4),
        learningRate: LearningRate(initial: 0.05, schedule: .cosine, warmupEpochs: 0.25), seed: seed)
    case .allcnn:
      TrainingConfiguration(
        epochCount: 20, optimizer: .sgd(momentum: 0.9, weightDecay: 5e-4),
        learningRate: LearningRate(initial: 0.05, schedule: .cosine, warmupEpochs: 1),
        augmentation: Augmentation(flips: true, cropPadding: 4), seed: seed)
    case .resnet8:
      TrainingConfiguration(
        epochCount: 30, optimizer: .sgd(momentum: 0.9, weightDecay: 5e-4),
        learningRate: LearningRate(initial: 0.1, schedule: .cosine, warmupEpochs: 1),
        augmentation: Augmentation(flips: true, cropPadding: 4), seed: seed)
    }
  }

  /// Decay, without which filters are noise between strokes, and a tenth of the units active: of five settings, the one
  /// whose codes gave a linear classifier the highest accuracy on the training images of MNIST.
  private static let encoderTraining = AutoencoderPretraining(
    layer: "encoder", sparsity: Sparsity(target: 0.1, weight: 1e-3), layerDecay: [1.5e-3, 3e-3])

  /// How Szegedy et al. (2013) trained it on MNIST, section 4.2 and table 1: L-BFGS to convergence, with λ of each
  /// layer; nil for architectures that are not theirs.
  ///
  /// For FC10 this is λ = 1e-4; theirs are 1e-4, 1e-2 and 1. λ acts as plain weight decay
  /// (``Penalties/DecayForm/half``), which reproduces their errors, unlike the printed form. They do not state the
  /// number of iterations; ours is a choice.
  public func publishedTraining(seed: UInt64) -> TrainingConfiguration? {
    let layerDecay: [Float]
    switch self {
    case .softmax: layerDecay = [1e-4]
    case .fc100, .fc200, .fc123: layerDecay = [1e-5, 1e-5, 1e-6]
    case .ae400: layerDecay = [1e-6]
    case .maxout, .rbf, .mlp, .lenet, .allcnn, .resnet8: return nil
    }
    let isAutoencoder = self == .ae400
    return TrainingConfiguration(
      epochCount: 1000, optimizer: .lbfgs(), seed: seed,
      penalties: Penalties(layerDecay: layerDecay, decayForm: .half),
      pretraining: isAutoencoder ? Self.encoderTraining : nil, frozenLayers: isAutoencoder ? ["encoder"] : [])
  }
}
