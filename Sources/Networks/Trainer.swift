import Datasets
import Foundation
import OneDNN
import Synchronization
import Tensors

/// Minimises a ``TrainingLoss`` over labelled images.
///
/// Each batch is split into micro-batches, which the workers take in turn; the gradients are summed in the order of the
/// micro-batches, and each worker updates its share of the parameters. Same configuration, same data, any number of
/// workers: the same bytes. L-BFGS uses all images in one step: ``LBFGSTraining``.
public struct Trainer: Sendable {
  public let configuration: TrainingConfiguration
  public let training: LabelledImages
  public let validation: LabelledImages?
  public let workerCount: Int

  public init(
    _ configuration: TrainingConfiguration, training: LabelledImages, validation: LabelledImages?,
    workerCount: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    precondition(training.count > 0, "there must be images to train on")
    self.configuration = configuration
    self.training = training
    self.validation = validation
    self.workerCount = workerCount
  }

  /// Trains until the configured epoch, or until validation stops improving.
  ///
  /// - Parameters:
  ///   - state: Fresh, or from an earlier call.
  ///   - progress: Called several times per second from a worker; an error it throws stops training.
  ///   - checkpoint: Called after each epoch with a state from which training can resume.
  /// - Returns: The last state, with the best network if `patience` is set.
  /// - Throws: ``NetworkError`` when data and network do not fit or the loss is no longer finite.
  public func train(
    from state: TrainingState, progress: @escaping @Sendable (TrainingProgress) throws -> Void = { _ in },
    checkpoint: (TrainingState) throws -> Void = { _ in }
  ) throws -> TrainingState {
    try Self.check(state.network, fits: training)
    try configuration.loss.check(state.network.graph)
    try PrivateTraining.check(configuration, state.network.graph)
    if case .lbfgs(let memory, let gradientTolerance) = configuration.optimizer {
      return try LBFGSTraining(
        configuration: configuration, memory: memory, gradientTolerance: gradientTolerance,
        training: training,
        validation: validation, workerCount: workerCount
      ).train(from: state, progress: progress, checkpoint: checkpoint)
    }
    var state = state
    let session = try TrainingSession(
      configuration, examples: ClassifiedExamples(images: training, loss: configuration.loss),
      workerCount: workerCount, state: state, isValidated: validation != nil)
    while state.completedEpochCount < configuration.epochCount {
      if let patience = configuration.patience, validation != nil, state.epochsSinceBest >= patience {
        state.ending = .patience
        return state
      }
      let epoch = state.completedEpochCount
      let clock = ContinuousClock()
      let start = clock.now
      let sums = try session.runEpoch(epoch, stepCount: state.stepCount, progress: progress)
      let seconds = (clock.now - start) / .seconds(1)
      state.stepCount += sums.stepCount
      (state.network, state.moments) = try session.snapshot()
      let judged = try validation.map {
        try Engine(running: state.network, workerCount: workerCount).accuracyAndLoss(
          on: $0, loss: configuration.loss)
      }
      let isBest = judged.map { judged in
        state.history.allSatisfy { judged.loss < $0.validationLoss ?? .infinity }
      }
      if configuration.patience != nil, isBest == true { state.best = state.network }
      state.history.append(
        EpochRecord(
          epoch: epoch + 1, trainingLoss: sums.meanLoss, trainingAccuracy: sums.accuracy,
          validationLoss: judged?.loss, validationAccuracy: judged?.accuracy,
          learningRate: configuration.learningRate.value(
            at: Double(epoch) + 0.5, of: configuration.epochCount),
          seconds: seconds, imagesPerSecond: Double(sums.imageCount) / seconds))
      try checkpoint(state)
    }
    state.ending = .epochLimit
    return state
  }

  /// Checks memory before anything is written or computed, as ``train(from:progress:checkpoint:)`` does before
  /// allocating it.
  ///
  /// - Throws: ``MemoryShortage`` when training would need more memory than is available.
  public func checkMemory(for state: TrainingState) throws {
    if case .lbfgs(let memory, _) = configuration.optimizer {
      try FullBatchObjective.checkMemory(
        configuration, exampleCount: training.count, network: state.network, memory: memory)
    } else {
      try TrainingSession.checkMemory(
        configuration, exampleCount: training.count, state: state, isValidated: validation != nil)
    }
  }

  private static func check(_ network: Network, fits images: LabelledImages) throws {
    guard network.inputShape == images.shape else {
      throw NetworkError.wrongImageShape(expected: network.inputShape, found: images.shape)
    }
    guard network.classCount == images.classNames.count else {
      throw NetworkError.wrongClassCount(expected: network.classCount, found: images.classNames.count)
    }
  }
}

extension Engine {
  /// Accuracy and mean loss. NaN if there are no images.
  public func accuracyAndLoss(
    on images: LabelledImages, loss: TrainingLoss = .softmax
  ) throws -> (accuracy: Double, loss: Double) {
    let logits = try logits(of: images)
    let correct = Prediction.rows(of: logits).enumerated().count {
      $0.element.label == images.labels[$0.offset]
    }
    return (
      Double(correct) / Double(images.count), loss.meanLoss(of: logits, labels: images.labels)
    )
  }
}
