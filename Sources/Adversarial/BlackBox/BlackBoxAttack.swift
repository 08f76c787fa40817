import Networks

/// An attack that sees answers to its queries and nothing else. By its type it cannot ask for a gradient.
///
/// Every answer that it gets is counted, the one that tells of its success included, and no image costs more than
/// ``queryLimit``. The verdict of ``Evaluation``, which asks once more, is not the attack's and not counted.
public protocol BlackBoxAttack: Attack {
  /// Queries that an image may cost.
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
