import Networks
import Tensors

/// Momentum iterative method: steps along a running sum of gradients, which overcomes small local maxima of the loss
/// and gives images that transfer to other networks more often.
///
///     gₖ₊₁ = μ gₖ + ∇ loss / ‖∇ loss‖₁
///     x⁽ᵏ⁺¹⁾ = clip( P_ε( x⁽ᵏ⁾ + α ε d(gₖ₊₁) ) ),   d = sign for L∞, g/‖g‖₂ for L2, g/‖g‖₁ for L1
///
/// Dong et al. (2018), algorithm 1 for L∞ and equation 10 for L2; L1 is not in the paper. The best iterate is returned;
/// the paper returns the last. <https://arxiv.org/abs/1710.06081>
public struct MomentumIterative: Attack {
  public let stepCount: Int
  /// α, a fraction of ε.
  public let relativeStepSize: Double
  /// μ
  public let decay: Double
  public let loss: AttackLoss

  public var name: String { "mi-fgsm" }

  /// - Parameter relativeStepSize: 1 / `stepCount` in the paper, and by default.
  public init(
    stepCount: Int = 10, relativeStepSize: Double? = nil, decay: Double = 1, loss: AttackLoss = .crossEntropy
  ) {
    precondition(stepCount > 0, "an attack takes at least one step, got \(stepCount)")
    precondition(decay >= 0 && decay.isFinite, "the decay must be non-negative, got \(decay)")
    let relativeStepSize = relativeStepSize ?? 1 / Double(stepCount)
    precondition(
      relativeStepSize > 0 && relativeStepSize.isFinite, "a step must be positive, got \(relativeStepSize)")
    self.stepCount = stepCount
    self.relativeStepSize = relativeStepSize
    self.decay = decay
    self.loss = loss
  }

  /// - Precondition: `threatModel.epsilon` is finite, and the classifier has the classes that the loss needs.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "steps relative to epsilon need a finite one")
    guard threatModel.epsilon > 0, batch.count > 0 else { return PerturbedImages(images: batch.images) }
    let problem = AscentProblem(loss, on: batch, under: threatModel, classifier: classifier)
    var best = BestImages(batch)
    var momenta = Tensor(shape: batch.images.shape)
    try problem.climb(
      from: batch.images, rows: Array(0..<batch.count), stepCount: stepCount,
      stepSize: relativeStepSize * Double(threatModel.epsilon), stopping: .afterAllSteps, keeping: &best
    ) { row, _, gradient in
      let size = Norm.l1(gradient)
      // A zero gradient adds nothing; the momentum continues.
      momenta[row: row] = ArraySlice(
        zip(momenta[row: row], gradient).map {
          Float(decay * Double($0) + (size > 0 ? Double($1) / size : 0))
        })
      let momentum = momenta[row: row]
      return AscentDirection(along: momentum, in: threatModel.norm).map { unit in momentum.map { unit($0) } }
    }
    return best.proposal
  }
}
