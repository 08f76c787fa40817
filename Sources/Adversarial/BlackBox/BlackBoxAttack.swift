import Networks

/// An attack that sees only the answers to its queries. Its type makes requests for gradients impossible.
///
/// Every answer it receives is counted, including the one that reveals its success, and no image costs more than
/// ``queryLimit``. The final query of ``Evaluation`` is not the attack's and not counted.
public protocol BlackBoxAttack: Attack {
  /// Maximum number of queries per image.
  var queryLimit: Int { get }

  /// As ``Attack/perturbedImages(for:under:classifier:)``, with a trace of each image's queries.
  func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, blackBox: some Classifier
  ) throws -> PerturbedImages
}

extension BlackBoxAttack {
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try perturbedImages(for: batch, under: threatModel, blackBox: classifier)
  }
}
