import Networks
import Tensors

/// A transfer attack: images crafted for a surrogate and applied to another classifier, without access to the latter.
///
///     x′ = attack(x, y; surrogate), judged by the attacked classifier
///
/// Szegedy et al. (2013), section 4.2, found that such images transfer; Papernot et al. (2016) turned it into an
/// attack. <https://arxiv.org/abs/1605.07277> Compared with a white-box attack it is a check of the latter's gradient:
/// see ``EvaluationWarning/blackBox(_:beside:)``.
public struct TransferredAttack<Surrogate: DifferentiableClassifier>: Attack {
  public let attack: any Attack
  /// Supplies the gradients in place of the attacked classifier.
  public let surrogate: Surrogate

  public init(_ attack: any Attack, from surrogate: Surrogate) {
    self.attack = attack
    self.surrogate = surrogate
  }

  public var name: String { "transferred-\(attack.name)" }

  /// - Parameter classifier: Not called at all, so the attack costs it no queries.
  /// - Throws: What the surrogate throws.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    // A zero gradient would be the surrogate's, and tells nothing about the attacked classifier.
    PerturbedImages(
      images: try attack.perturbedImages(for: batch, under: threatModel, classifier: surrogate).images)
  }
}
