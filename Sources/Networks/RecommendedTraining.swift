extension Architecture.Named {
  /// Settings under which the architecture trains well on images of its kind; a start, not an optimum.
  public func recommendedTraining(seed: UInt64) -> TrainingConfiguration {
    switch self {
    case .softmax, .fc100, .fc200:
      TrainingConfiguration(
        epochCount: 10, optimizer: .adam(weightDecay: 0),
        learningRate: LearningRate(initial: 2e-3, schedule: .cosine),
        seed: seed)
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
}
