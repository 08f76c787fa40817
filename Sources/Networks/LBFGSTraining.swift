import Datasets
import Foundation
import Tensors

/// Training by L-BFGS over all images at once, until the gradient is small.
///
///     minimise  mean loss + penalties;   stop at  ‖∇‖₂ ≤ gradientTolerance · max(1, ‖w‖₂)
///
/// An epoch is an iteration. The optimizer's memory is cleared after every `roundLength` iterations, where the
/// parameters are rounded to Float and a checkpoint is written: so an interrupted and resumed run gives the same bytes
/// as an uninterrupted one. It costs a few evaluations per round.
///
/// Batch size, learning rate and patience of the configuration are not used.
struct LBFGSTraining {
  /// Relative; a round that ends early with a smaller gain has reached the network's rounding error.
  private static let leastGain = 1e-6

  let configuration: TrainingConfiguration
  let memory: Int
  let gradientTolerance: Double
  let training: LabelledImages
  let validation: LabelledImages?
  let workerCount: Int
  /// Number of iterations between clearings of the memory.
  var roundLength = 200

  /// - Throws: ``NetworkError/lossNotFixed(cause:)`` if the loss is random in every pass;
  ///   ``NetworkError/diverged(epoch:step:)``.
  func train(
    from state: TrainingState, progress: @Sendable (TrainingProgress) throws -> Void,
    checkpoint: (TrainingState) throws -> Void
  ) throws -> TrainingState {
    try checkThatLossIsFixed(state.network.graph)
    var state = state
    state.ending = nil
    let objective = try FullBatchObjective(
      configuration, examples: ClassifiedExamples(images: training, loss: configuration.loss),
      workerCount: workerCount, network: state.network,
      byteCountBesides: Self.byteCount(state.network, memory: memory))
    while state.completedEpochCount < configuration.epochCount, state.ending == nil {
      let epochsBefore = state.completedEpochCount
      try runRound(objective, &state, progress)
      if state.completedEpochCount == epochsBefore { break }
      if let validation, var last = state.history.popLast() {
        let judged = try Engine(running: state.network, workerCount: workerCount)
          .accuracyAndLoss(on: validation, loss: configuration.loss)
        (last.validationLoss, last.validationAccuracy) = (judged.loss, judged.accuracy)
        state.history.append(last)
      }
      try checkpoint(state)
    }
    state.ending = state.ending ?? .epochLimit
    return state
  }

  /// Bytes of the optimizer's state, including a starting point.
  static func byteCount(_ network: Network, memory: Int) -> Int {
    let variableCount = network.trainedParameterCount
    return LimitedMemoryBFGS.byteCount(variableCount: variableCount, memory: memory)
      + boundedProduct(variableCount, MemoryLayout<Double>.stride)
  }

  /// Iterates from an empty memory up to the next checkpoint or the end.
  private func runRound(
    _ objective: FullBatchObjective, _ state: inout TrainingState,
    _ progress: @Sendable (TrainingProgress) throws -> Void
  ) throws {
    let start = objective.variables()
    let optimizer = LimitedMemoryBFGS(variableCount: start.count, memory: memory)
    let roundEnd = min(state.completedEpochCount + roundLength, configuration.epochCount)
    let roundStart = state.completedEpochCount
    let clock = ContinuousClock()
    var stepStart = clock.now
    var evaluation = FullBatchObjective.Evaluation()
    var evaluationCount = 0
    var gradientNorm = 0.0
    var startValue = 0.0
    var isSmall: Bool {
      gradientNorm <= gradientTolerance * max(1, Self.length(optimizer.point))
    }
    var request = optimizer.start(at: start)
    round: while true {
      switch request {
      case .evaluation:
        evaluation = try objective.evaluate(at: optimizer.point, gradient: &optimizer.gradient)
        gradientNorm = Self.length(optimizer.gradient)
        guard evaluation.value.isFinite, gradientNorm.isFinite else {
          throw NetworkError.diverged(epoch: state.completedEpochCount + 1, step: evaluationCount + 1)
        }
        evaluationCount += 1
        if evaluationCount == 1 { startValue = evaluation.value }
        state.stepCount += 1
        let seconds = max((clock.now - stepStart) / .seconds(1), 1e-9)
        try progress(
          TrainingProgress(
            epoch: state.completedEpochCount + 1, epochCount: configuration.epochCount,
            imagesDone: training.count, imageCount: training.count,
            imagesPerSecond: Double(training.count) / seconds, loss: evaluation.meanLoss,
            accuracy: evaluation.accuracy, gradientNorm: gradientNorm))
        if evaluationCount == 1, isSmall {
          state.ending = .converged
          break round
        }
        request = optimizer.advance(value: evaluation.value)
      case .iterated:
        let seconds = (clock.now - stepStart) / .seconds(1)
        stepStart = clock.now
        state.history.append(
          EpochRecord(
            epoch: state.completedEpochCount + 1, trainingLoss: evaluation.meanLoss,
            trainingAccuracy: evaluation.accuracy, validationLoss: nil, validationAccuracy: nil,
            learningRate: 0, seconds: seconds, imagesPerSecond: Double(training.count) / seconds,
            objective: evaluation.value, gradientNorm: gradientNorm))
        if isSmall { state.ending = .converged }
        if state.ending != nil || state.completedEpochCount == roundEnd { break round }
        request = optimizer.proceed()
      case .converged, .lineSearchFailed:
        // Old pairs can spoil a direction: one more round with an empty memory decides. A round whose gain is below
        // Float resolution does not count.
        let gain = startValue - (state.history.last?.objective ?? startValue)
        if state.completedEpochCount == roundStart || gain <= Self.leastGain * abs(startValue) {
          state.ending = .exhausted
        }
        break round
      }
    }
    state.network = try objective.network(at: optimizer.point)
  }

  private static func length(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  private func checkThatLossIsFixed(_ graph: Graph) throws {
    if !configuration.augmentation.isIdentity { throw NetworkError.lossNotFixed(cause: "augmentation") }
    if configuration.adversarial != nil { throw NetworkError.lossNotFixed(cause: "adversarial training") }
    for node in graph.nodes where !configuration.frozenLayers.contains(node.name) {
      switch node.layer {
      case .dropout(let rate) where rate > 0: throw NetworkError.lossNotFixed(cause: "dropout")
      case .batchNorm: throw NetworkError.lossNotFixed(cause: "batch normalization")
      default: break
      }
    }
  }
}
