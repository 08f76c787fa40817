import Networks
import Tensors

/// Images made for one classifier and shown to another: an attack that knows nothing of the one it fools.
///
///     x′ = attack(x, y; surrogate), judged by the classifier attacked
///
/// Szegedy et al. (2013), section 4.2, found that such images transfer; Papernot et al. (2016) made an attack of it.
/// <https://arxiv.org/abs/1605.07277> Beside an attack that knows the gradient it is a check of that gradient: see
/// ``EvaluationWarning/blackBox(_:beside:)``.
public struct TransferredAttack<Surrogate: DifferentiableClassifier>: Attack {
  public let attack: any Attack
  /// Supplies the gradients, in place of the classifier attacked.
  public let surrogate: Surrogate

  public init(_ attack: any Attack, from surrogate: Surrogate) {
    self.attack = attack
    self.surrogate = surrogate
  }

  public var name: String { "transferred-\(attack.name)" }

  /// - Parameter classifier: Not called at all, so what the attack costs is 0.
  /// - Throws: What the surrogate throws.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    // A gradient of zero would be the surrogate's, and no sign of the classifier attacked.
    PerturbedImages(
      images: try attack.perturbedImages(for: batch, under: threatModel, classifier: surrogate).images)
  }
}
