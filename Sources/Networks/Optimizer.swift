import CKernels
import Foundation

/// How parameters are updated from their gradient. Weight decay acts on every trained parameter, as in PyTorch.
public enum Optimizer: Codable, Equatable, Sendable {
  /// Stochastic gradient descent with momentum (Polyak, 1964).
  ///
  ///     g ← g + weightDecay · w,   v ← momentum · v + g,   w ← w − η v
  case sgd(momentum: Float, weightDecay: Float)
  /// Kingma, Ba (2015). <https://arxiv.org/abs/1412.6980>
  ///
  ///     g ← g + weightDecay · w
  ///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
  ///     w ← w − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε),   β₁ = 0.9, β₂ = 0.999, ε = 1e-8
  case adam(weightDecay: Float)
  /// Adam with decoupled weight decay: `w ← (1 − η · weightDecay) w` first.
  ///
  /// Loshchilov, Hutter (2019). <https://arxiv.org/abs/1711.05101>
  case adamW(weightDecay: Float)
  /// Limited-memory BFGS over all images at once; see ``LBFGSTraining``. An epoch is an iteration.
  ///
  /// Liu, Nocedal (1989). Szegedy et al. (2013) train every network on MNIST this way.
  case lbfgs(memory: Int = 10, gradientTolerance: Double = 1e-6)

  /// Number of parameter-sized arrays kept between steps.
  public var momentCount: Int {
    switch self {
    case .lbfgs: 0
    case .sgd: 1
    case .adam, .adamW: 2
    }
  }
}

extension Optimizer {
  private static let firstDecay = 0.9
  private static let secondDecay = 0.999
  private static let epsilon: Float = 1e-8

  /// Takes one step over a range of the parameter buffer.
  ///
  /// - Parameters:
  ///   - gradients: One buffer per micro-batch; their sum, in this order, is the gradient.
  ///   - step: The number of this step, from 1.
  func update(
    _ parameters: UnsafeMutablePointer<Float>, gradients: UnsafeBufferPointer<UnsafeMutablePointer<Float>?>,
    moments: UnsafeBufferPointer<UnsafeMutablePointer<Float>>, range: Range<Int>, learningRate: Float,
    step: Int
  ) {
    func adapt(weightDecay: Float, kept: Float) {
      let stepSize = Float(Double(learningRate) / (1 - pow(Self.firstDecay, Double(step))))
      let correction = Float((1 - pow(Self.secondDecay, Double(step))).squareRoot())
      optimizer_adam(
        parameters, moments[0], moments[1], gradients.baseAddress, gradients.count, range.lowerBound,
        range.upperBound,
        Float(Self.firstDecay), Float(Self.secondDecay), Self.epsilon, weightDecay, kept, stepSize, correction
      )
    }
    switch self {
    case .sgd(let momentum, let weightDecay):
      optimizer_sgd(
        parameters, moments[0], gradients.baseAddress, gradients.count, range.lowerBound, range.upperBound,
        momentum,
        weightDecay, learningRate)
    case .adam(let weightDecay): adapt(weightDecay: weightDecay, kept: 1)
    case .adamW(let weightDecay): adapt(weightDecay: 0, kept: 1 - learningRate * weightDecay)
    case .lbfgs: preconditionFailure("L-BFGS makes no steps of batches")
    }
  }
}
