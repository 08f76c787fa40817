import Adversarial

extension AttackMethod {
  /// An attack with the settings that its own command has when none are given.
  public init(defaultsOf kind: AttackKind) {
    self =
      switch kind {
      case .fastGradientSign: .fastGradientSign
      case .basicIterative: .basicIterative(stepCount: 10)
      case .projectedGradientDescent:
        .projectedGradientDescent(stepCount: 40, relativeStepSize: nil, restartCount: 1, loss: .crossEntropy)
      case .momentumIterative: .momentumIterative(stepCount: 10, decay: 1)
      case .autoPGD: .autoPGD(objective: .crossEntropy, stepCount: 100, restartCount: 1)
      case .gradientRotation: .gradientRotation
      case .noise: .noise(kind: .gaussian)
      case .boxLBFGS: .boxLBFGS(bisectionCount: 10, iterationLimit: 10, memory: 10, initialConstant: 0.01)
      case .deepFool: .deepFool(stepLimit: 50, overshoot: 0.02)
      case .carliniWagner:
        .carliniWagner(confidence: 0, searchStepCount: 9, iterationCount: 1000, learningRate: 0.01)
      case .decoupledDirectionNorm: .decoupledDirectionNorm(stepCount: 100, rounding: .none)
      case .fastMinimumNorm: .fastMinimumNorm(stepCount: 100)
      case .minimalFastGradientSign: .minimalFastGradientSign(stepSize: 1 / 255)
      case .finiteDifferences: .finiteDifferences(stepCount: 1, offset: 0.01, queryLimit: 5000)
      case .naturalEvolution:
        .naturalEvolution(sampleCount: 100, radius: 0.05, relativeStepSize: 0.1, queryLimit: 5000)
      case .simultaneousPerturbation:
        .simultaneousPerturbation(sampleCount: 100, radius: 0.05, relativeStepSize: 0.1, queryLimit: 5000)
      case .square: .square(queryLimit: 5000)
      case .fewPixel: .fewPixel(populationSize: 100, queryLimit: 5000)
      case .boundary: .boundary(queryLimit: 5000)
      case .hopSkipJump: .hopSkipJump(sampleCount: 100, queryLimit: 5000)
      }
  }
}
