import Foundation
import Tensors

/// Training on perturbed images in addition to the clean ones.
///
///     J̃(θ, x, y) = α J(θ, x, y) + (1 − α) J(θ, x′, y)
///
///     fgsm            x′ = clip(x + ε sign ∇ₓJ(θ, x, y))
///     pgd             x′₀ = clip(x + U(−ε, ε)),   x′ₜ₊₁ = clip(x + [x′ₜ + s sign ∇J(x′ₜ) − x] clipped to ±ε)
///     signNoise       x′ = clip(x ± ε), each sign a fair coin
///     uniformNoise    x′ = clip(x + U(−ε, ε))
///
/// fgsm and its two noise controls are from Goodfellow, Shlens, Szegedy (2015), section 6; pgd with α = 0 is from Madry
/// et al. (2018). <https://arxiv.org/abs/1412.6572> <https://arxiv.org/abs/1706.06083>
///
/// x′ is regenerated in every step from the current parameters. Its gradient is that of the network in inference mode:
/// dropout off, batch normalization with its running statistics. No gradient is taken through x′: sign has derivative 0
/// wherever it is differentiable. Batch normalization takes its statistics over both halves together. Pixels stay in
/// [0, 1], which the first paper does not require. sign(0) = 0.
public struct AdversarialTraining: Codable, Equatable, Sendable {
  public enum Perturbation: Codable, Equatable, Sendable {
    case fgsm
    case pgd(stepCount: Int, stepSize: Float)
    case signNoise
    case uniformNoise

    var stepCount: Int {
      switch self {
      case .fgsm: 1
      case .pgd(let stepCount, _): stepCount
      case .signNoise, .uniformNoise: 0
      }
    }
  }

  public var perturbation: Perturbation
  /// ε, the largest change of a pixel.
  public var epsilon: Float
  /// α, the weight of the loss on clean images; 0: perturbed images alone.
  public var cleanShare: Float

  public init(_ perturbation: Perturbation, epsilon: Float, cleanShare: Float = 0.5) {
    precondition(epsilon >= 0 && epsilon.isFinite, "epsilon must be finite and non-negative, got \(epsilon)")
    precondition((0..<1).contains(cleanShare), "the clean share must be in 0..<1, got \(cleanShare)")
    if case .pgd(let stepCount, let stepSize) = perturbation {
      precondition(stepCount > 0 && stepSize > 0, "steps must be positive, got \(stepCount) of \(stepSize)")
    }
    self.perturbation = perturbation
    self.epsilon = epsilon
    self.cleanShare = cleanShare
  }

  /// Whether clean images are part of the loss.
  var includesClean: Bool { cleanShare > 0 }

  /// Writes the starting point of a perturbation.
  func writeStart(
    from pixels: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, seed: UInt64,
    epoch: Int, image: Int
  ) {
    if case .fgsm = perturbation {
      target.update(from: pixels, count: count)
      return
    }
    var generator = SeededGenerator(
      seed: seed, stream: RandomStream.perturbation(epoch: epoch, image: image))
    for index in 0..<count {
      let change =
        perturbation == .signNoise
        ? (generator.next() & 1 == 0 ? epsilon : -epsilon) : epsilon * Float(2 * generator.uniform() - 1)
      target[index] = min(max(pixels[index] + change, 0), 1)
    }
  }

  /// Takes one step along the sign of a gradient.
  func move(
    _ target: UnsafeMutablePointer<Float>, along gradient: UnsafePointer<Float>,
    around pixels: UnsafePointer<Float>, count: Int
  ) {
    let stepSize = if case .pgd(_, let stepSize) = perturbation { stepSize } else { epsilon }
    for index in 0..<count {
      let slope = gradient[index]
      let moved = target[index] + (slope > 0 ? stepSize : slope < 0 ? -stepSize : 0)
      let (lowest, highest) = (max(pixels[index] - epsilon, 0), min(pixels[index] + epsilon, 1))
      target[index] = min(max(moved, lowest), highest)
    }
  }
}
