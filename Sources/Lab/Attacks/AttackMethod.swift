import Adversarial
import Tensors

/// Which attack an experiment runs, with its settings.
public enum AttackMethod: Codable, Equatable, Sendable {
  /// One step along the gradient of the loss at the true class, or down that at the target.
  ///
  /// The evaluation attacks only images that the classifier gets right, so the true class is its prediction too:
  /// no label leaks that the network has not found by itself.
  case fastGradientSign
  case basicIterative(stepCount: Int)
  /// `relativeStepSize` is a fraction of ε; nil: 2.5 / steps.
  case projectedGradientDescent(
    stepCount: Int, relativeStepSize: Double?, restartCount: Int, loss: AttackLoss)
  case momentumIterative(stepCount: Int, decay: Double)
  case autoPGD(objective: AutoPGDObjective, stepCount: Int, restartCount: Int)
  case gradientRotation
  case noise(kind: NoisePerturbation.Kind)
  case boxLBFGS(bisectionCount: Int, iterationLimit: Int, memory: Int, initialConstant: Double)
  case deepFool(stepLimit: Int, overshoot: Double)
  case carliniWagner(
    confidence: Double, searchStepCount: Int, iterationCount: Int, learningRate: Double)
  case decoupledDirectionNorm(stepCount: Int, rounding: DecoupledDirectionNorm.Rounding)
  case fastMinimumNorm(stepCount: Int)
  case minimalFastGradientSign(stepSize: Float)
  case finiteDifferences(stepCount: Int, offset: Double, queryLimit: Int)
  /// `relativeStepSize` is a fraction of ε, here and below.
  case naturalEvolution(sampleCount: Int, radius: Double, relativeStepSize: Double, queryLimit: Int)
  case simultaneousPerturbation(sampleCount: Int, radius: Double, relativeStepSize: Double, queryLimit: Int)
  case square(queryLimit: Int)
  case fewPixel(populationSize: Int, queryLimit: Int)
  case boundary(queryLimit: Int)
  case hopSkipJump(sampleCount: Int, queryLimit: Int)

  /// What Auto-PGD climbs.
  public enum AutoPGDObjective: String, CaseIterable, Codable, Sendable {
    case crossEntropy = "ce"
    case differenceOfLogitsRatio = "dlr"
    /// The ratio towards each of the nine most likely wrong classes.
    case targets
  }

  public var kind: AttackKind {
    switch self {
    case .fastGradientSign: .fastGradientSign
    case .basicIterative: .basicIterative
    case .projectedGradientDescent: .projectedGradientDescent
    case .momentumIterative: .momentumIterative
    case .autoPGD: .autoPGD
    case .gradientRotation: .gradientRotation
    case .noise: .noise
    case .boxLBFGS: .boxLBFGS
    case .deepFool: .deepFool
    case .carliniWagner: .carliniWagner
    case .decoupledDirectionNorm: .decoupledDirectionNorm
    case .fastMinimumNorm: .fastMinimumNorm
    case .minimalFastGradientSign: .minimalFastGradientSign
    case .finiteDifferences: .finiteDifferences
    case .naturalEvolution: .naturalEvolution
    case .simultaneousPerturbation: .simultaneousPerturbation
    case .square: .square
    case .fewPixel: .fewPixel
    case .boundary: .boundary
    case .hopSkipJump: .hopSkipJump
    }
  }

  /// Queries that an image may cost; nil of attacks that are no black-box attacks.
  public var queryLimit: Int? {
    switch self {
    case .finiteDifferences(_, _, let limit), .naturalEvolution(_, _, _, let limit),
      .simultaneousPerturbation(_, _, _, let limit), .square(let limit), .fewPixel(_, let limit),
      .boundary(let limit), .hopSkipJump(_, let limit):
      limit
    default: nil
    }
  }

  /// The same with another limit; an attack that is no black-box attack stays as it is.
  public func limited(toQueries limit: Int) -> AttackMethod {
    switch self {
    case .finiteDifferences(let steps, let offset, _):
      .finiteDifferences(stepCount: steps, offset: offset, queryLimit: limit)
    case .naturalEvolution(let samples, let radius, let step, _):
      .naturalEvolution(sampleCount: samples, radius: radius, relativeStepSize: step, queryLimit: limit)
    case .simultaneousPerturbation(let samples, let radius, let step, _):
      .simultaneousPerturbation(
        sampleCount: samples, radius: radius, relativeStepSize: step, queryLimit: limit)
    case .square: .square(queryLimit: limit)
    case .fewPixel(let population, _): .fewPixel(populationSize: population, queryLimit: limit)
    case .boundary: .boundary(queryLimit: limit)
    case .hopSkipJump(let samples, _): .hopSkipJump(sampleCount: samples, queryLimit: limit)
    default: self
    }
  }

  /// - Parameters:
  ///   - seed: Of random starts and noise.
  ///   - workerCount: Changes no result.
  ///   - startingImages: What the attacker owns; attacks that see labels alone may begin there.
  public func attack(
    seed: UInt64, workerCount: Int, startingImages: StartingImages? = nil
  ) -> any Attack {
    switch self {
    case .fastGradientSign: FastGradientSignMethod(lossLabel: .trueLabel)
    case .basicIterative(let steps): ProjectedGradientDescent.basicIterative(stepCount: steps)
    case .projectedGradientDescent(let steps, let size, let restarts, let loss):
      ProjectedGradientDescent(
        stepCount: steps, relativeStepSize: size, start: .random(restartCount: restarts, seed: seed),
        loss: loss)
    case .momentumIterative(let steps, let decay): MomentumIterative(stepCount: steps, decay: decay)
    case .autoPGD(let objective, let steps, let restarts):
      AutoPGD(objective: objective.value, stepCount: steps, restartCount: restarts, seed: seed)
    case .gradientRotation: GradientRotation()
    case .noise(let kind): NoisePerturbation(kind: kind, seed: seed)
    case .boxLBFGS(let bisections, let iterations, let memory, let constant):
      BoxLBFGSAttack(
        initialConstant: constant, bisectionCount: bisections, iterationLimit: iterations,
        evaluationLimit: 3 * iterations, memory: memory, workerCount: workerCount)
    case .deepFool(let steps, let overshoot): DeepFool(stepLimit: steps, overshoot: overshoot)
    case .carliniWagner(let confidence, let searches, let iterations, let rate):
      CarliniWagnerL2(
        confidence: confidence, searchStepCount: searches, iterationCount: iterations, learningRate: rate)
    case .decoupledDirectionNorm(let steps, let rounding):
      DecoupledDirectionNorm(stepCount: steps, rounding: rounding)
    case .fastMinimumNorm(let steps): FastMinimumNorm(stepCount: steps)
    case .minimalFastGradientSign(let size): MinimalFastGradientSign(stepSize: size)
    case .finiteDifferences(let steps, let offset, let limit):
      FiniteDifferences(stepCount: steps, offset: offset, queryLimit: limit, seed: seed)
    case .naturalEvolution(let samples, let radius, let step, let limit):
      EstimatedAscent(
        .nes, sampleCount: samples, radius: radius, relativeStepSize: step, queryLimit: limit, seed: seed)
    case .simultaneousPerturbation(let samples, let radius, let step, let limit):
      EstimatedAscent(
        .spsa, sampleCount: samples, radius: radius, relativeStepSize: step, queryLimit: limit, seed: seed)
    case .square(let limit): SquareAttack(queryLimit: limit, seed: seed)
    case .fewPixel(let population, let limit):
      FewPixelAttack(populationSize: population, queryLimit: limit, seed: seed)
    case .boundary(let limit):
      BoundaryAttack(queryLimit: limit, seed: seed, startingImages: startingImages)
    case .hopSkipJump(let samples, let limit):
      HopSkipJump(sampleCount: samples, queryLimit: limit, seed: seed, startingImages: startingImages)
    }
  }
}

extension AttackMethod.AutoPGDObjective {
  fileprivate var value: AutoPGD.Objective {
    switch self {
    case .crossEntropy: .loss(.crossEntropy)
    case .differenceOfLogitsRatio: .loss(.differenceOfLogitsRatio)
    case .targets: .likelyTargets(count: 9)
    }
  }
}
