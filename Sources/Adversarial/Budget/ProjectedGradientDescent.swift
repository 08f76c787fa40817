import Networks
import Tensors

/// Projected gradient descent: many small steps, each followed by the projection onto the ball and the box.
///
///     x⁽⁰⁾ = x, or uniform in the ball and clipped to the box
///     x⁽ᵏ⁺¹⁾ = clip( P_ε( x⁽ᵏ⁾ + α ε d(∇ loss) ) )
///
/// d is the step of length 1: sign(g) for L∞, g/‖g‖₂ for L2, a sparse step for L1. P_ε is the Euclidean projection onto
/// the ball around x, for L1 by sorting. The step is a fraction α of ε, so that a sweep of ε does not require one of
/// the step. Kurakin, Goodfellow, Bengio (2017) from the image itself, the basic iterative method
/// (``basicIterative(stepCount:relativeStepSize:loss:)``); Madry et al. (2018) from random starts.
/// <https://arxiv.org/abs/1607.02533> <https://arxiv.org/abs/1706.06083>
///
/// The best iterate is returned, not the last (``BestImages``); the papers return the last. With one step, α = 1, no
/// random start and a dense L1 step it is the fast gradient method, if that increases the margin. With ε = 0 the images
/// are returned bit for bit.
public struct ProjectedGradientDescent: Attack {
  public enum Start: Equatable, Sendable {
    /// From the image itself.
    case image
    /// Uniform in the ball, `restartCount` times. An image that is already adversarial is not restarted.
    case random(restartCount: Int, seed: UInt64)
  }

  /// Form of a step under L1.
  public enum L1Step: Equatable, Sendable {
    /// g / ‖g‖₁, as in the fast gradient method.
    case dense
    /// Equal steps of this fraction of the pixels, those with the steepest slopes. Tramèr, Boneh (2019) move one in a
    /// hundred; on a LeNet of Fashion-MNIST that fooled nearly twice as many as one in twenty.
    case sparse(share: Double)
  }

  public let name: String
  public let stepCount: Int
  /// α, a fraction of ε.
  public let relativeStepSize: Double
  public let start: Start
  public let loss: AttackLoss
  public let l1Step: L1Step
  public let stopping: Stopping

  /// - Parameter relativeStepSize: 2.5 / `stepCount` by default, as in Madry et al.
  public init(
    stepCount: Int = 40, relativeStepSize: Double? = nil, start: Start = .random(restartCount: 1, seed: 0),
    loss: AttackLoss = .crossEntropy, l1Step: L1Step = .sparse(share: 0.01),
    stopping: Stopping = .afterAllSteps
  ) {
    self.init(
      name: "pgd", stepCount: stepCount, relativeStepSize: relativeStepSize ?? 2.5 / Double(stepCount),
      start: start, loss: loss, l1Step: l1Step, stopping: stopping)
  }

  private init(
    name: String, stepCount: Int, relativeStepSize: Double, start: Start, loss: AttackLoss, l1Step: L1Step,
    stopping: Stopping
  ) {
    precondition(stepCount > 0, "an attack takes at least one step, got \(stepCount)")
    precondition(
      relativeStepSize > 0 && relativeStepSize.isFinite, "a step must be positive, got \(relativeStepSize)")
    if case .random(let count, _) = start {
      precondition(count > 0, "there is at least one start, got \(count)")
    }
    if case .sparse(let share) = l1Step {
      precondition(share > 0 && share <= 1, "a share of the pixels lies in (0, 1], got \(share)")
    }
    self.name = name
    self.stepCount = stepCount
    self.relativeStepSize = relativeStepSize
    self.start = start
    self.loss = loss
    self.l1Step = l1Step
    self.stopping = stopping
  }

  /// The basic iterative method: from the image itself, with steps of ε / `stepCount` by default.
  public static func basicIterative(
    stepCount: Int = 10, relativeStepSize: Double? = nil, loss: AttackLoss = .crossEntropy
  ) -> ProjectedGradientDescent {
    ProjectedGradientDescent(
      name: "bim", stepCount: stepCount, relativeStepSize: relativeStepSize ?? 1 / Double(stepCount),
      start: .image, loss: loss, l1Step: .sparse(share: 0.01), stopping: .afterAllSteps)
  }

  /// - Precondition: `threatModel.epsilon` is finite, and the classifier has the classes that the loss needs.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "steps relative to epsilon need a finite one")
    guard threatModel.epsilon > 0, batch.count > 0 else { return PerturbedImages(images: batch.images) }
    let problem = AscentProblem(loss, on: batch, under: threatModel, classifier: classifier)
    var best = BestImages(batch)
    switch start {
    case .image: try climb(problem, from: batch.images, rows: Array(0..<batch.count), &best)
    case .random(let restartCount, let seed):
      for restart in 0..<restartCount {
        let rows = best.unreachedRows
        let starts = threatModel.selecting(rows)
          .randomStarts(for: batch.selecting(rows), seed: seed, restart: restart)
        try climb(problem, from: starts, rows: rows, &best)
      }
    }
    return best.proposal
  }

  private func climb(
    _ problem: AscentProblem<some DifferentiableClassifier>, from start: Tensor, rows: [Int],
    _ best: inout BestImages
  ) throws {
    let (norm, bounds) = (problem.threatModel.norm, problem.threatModel.bounds)
    try problem.climb(
      from: start, rows: rows, stepCount: stepCount,
      stepSize: relativeStepSize * Double(problem.threatModel.epsilon), stopping: stopping, keeping: &best
    ) { _, image, gradient in
      if norm == .l1, case .sparse(let share) = l1Step {
        return SparseStep.direction(along: gradient, at: image, bounds: bounds, share: share)
      }
      return AscentDirection(along: gradient, in: norm).map { unit in gradient.map { unit($0) } }
    }
  }
}
