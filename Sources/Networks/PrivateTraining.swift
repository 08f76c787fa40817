import Foundation

/// Differentially private stochastic gradient descent: each example's effect on a step is bounded and masked by noise.
///
///     lot: each example with probability q = L / n, independently
///     g̃ = (1 / L) (Σ_lot g_i / max(1, ‖g_i‖₂ / C) + N(0, σ²C² I))
///
/// Abadi et al. (2016), algorithm 1. <https://arxiv.org/abs/1607.00133> L is the batch size of the configuration, n the
/// number of training images. g_i is over all trained parameters together. The optimizer sees only g̃, so any optimizer
/// keeps the guarantee; penalties read only the parameters and are added to g̃. An epoch is the nearest number of steps
/// to n / L.
///
/// The guarantee holds against those who do not know the seed. Noise in Float from a simulation generator does not
/// withstand an attack on its bits (Mironov, 2012): this is for experiments on the effects of privacy, not for secrets.
public struct PrivateTraining: Codable, Equatable, Sendable {
  /// C, the largest norm of an example's gradient; ∞: not clipped.
  public var clip: Double
  /// σ; 0: no noise, a control without a guarantee.
  public var noiseMultiplier: Double

  public init(clip: Double, noiseMultiplier: Double) {
    precondition(clip > 0, "the clipping bound must be positive, got \(clip)")
    precondition(
      noiseMultiplier >= 0 && noiseMultiplier.isFinite,
      "a noise multiplier is finite and not negative, got \(noiseMultiplier)")
    precondition(noiseMultiplier == 0 || clip < .infinity, "noise needs a bound to hide")
    self.clip = clip
    self.noiseMultiplier = noiseMultiplier
  }

  /// - Throws: ``PrivateTrainingError`` for anything that has no separate gradient for each example, or that would read
  ///   examples without noise.
  public static func check(_ configuration: TrainingConfiguration, _ graph: Graph) throws {
    guard configuration.privacy != nil else { return }
    if case .lbfgs = configuration.optimizer { throw PrivateTrainingError.lbfgs }
    if configuration.patience != nil { throw PrivateTrainingError.patience }
    if configuration.adversarial != nil { throw PrivateTrainingError.adversarial }
    if configuration.pretraining != nil { throw PrivateTrainingError.pretraining }
    let frozen = try configuration.frozenPositions(in: graph)
    for (position, node) in graph.nodes.enumerated() where !frozen.contains(position) {
      if case .batchNorm = node.layer { throw PrivateTrainingError.batchNormalization(layer: node.name) }
    }
  }
}

extension TrainingConfiguration {
  /// How lots are drawn from `imageCount` images: q, and the number of lots in an epoch.
  public func lots(of imageCount: Int) -> (samplingRate: Double, countPerEpoch: Int) {
    precondition(imageCount > 0, "there must be images to draw from")
    let size = min(batchSize, imageCount)
    return (
      Double(size) / Double(imageCount), Int((Double(imageCount) / Double(size)).rounded())
    )
  }
}

/// Settings that cannot be trained privately.
public enum PrivateTrainingError: Error, Equatable, CustomStringConvertible {
  case batchNormalization(layer: String)
  case lbfgs
  case patience
  case adversarial
  case pretraining

  public var description: String {
    switch self {
    case .batchNormalization(let layer):
      "private training needs the gradient of each image alone, and layer \"\(layer)\" has none: batch normalization "
        + "mixes the images of a batch; take an architecture without it, or freeze the layer"
    case .lbfgs:
      "L-BFGS measures the loss of all images again and again, which no noise hides; train privately with sgd, adam or adamw"
    case .patience:
      "private training ends after a given number of epochs: where it stops by itself (patience), images that no noise hides decide"
    case .adversarial:
      "private training takes the images as they are, not perturbed ones as well"
    case .pretraining:
      "this architecture is first trained as an autoencoder, which is not private; train another one privately"
    }
  }
}
