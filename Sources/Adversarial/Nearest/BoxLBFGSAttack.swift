import Networks
import Tensors

/// The attack with which adversarial examples were discovered: box-constrained L-BFGS, and a search for the constant
/// that weighs loss against distance.
///
///     minimise ‖r‖₂² + c · L(x + r, l)   subject to x + r in the box,   for the smallest c that gives class l
///
/// L is the cross-entropy of the softmax. c grows tenfold from `initialConstant` until the minimiser is classified as
/// l, then the interval between the last failure and the success is halved `bisectionCount` times. Every point
/// evaluated on the way and classified as l is a candidate; the nearest is proposed.
///
/// Szegedy et al. (2013), section 4.1. <https://arxiv.org/abs/1312.6199> Departures:
/// - The paper prints c |r| + loss, with c on the distance, and a search for the smallest c; the smallest r belongs to
///   the *largest* such c. Here c is on the loss, as in most code, so that the smallest c is sought.
/// - |r| is squared, which makes it smooth at 0.
/// - One minimisation per image. If a whole batch is minimised jointly, images share curvature and step length, and an
///   image's result depends on the others.
/// - Untargeted, the nearest of the targeted results for every class except the true one. Increasing the loss of the
///   true class instead has no minimum.
/// - A minimisation ends after `iterationLimit` iterations, at a projected gradient of `gradientTolerance` times that
///   of the clean image, or when its line search fails, which is usual on the kinks of a ReLU network.
///
/// The distance is L2 in units of pixels, for any norm of the threat model.
public struct BoxLBFGSAttack: Attack {
  public static let supportedNorms: [Norm] = [.l2]

  public let initialConstant: Double
  /// How often c is multiplied by 10 before the image is given up.
  public let growthLimit: Int
  public let bisectionCount: Int
  /// Limit for one minimisation.
  public let iterationLimit: Int
  /// Limit for one minimisation, including line searches.
  public let evaluationLimit: Int
  /// Number of pairs stored by L-BFGS.
  public let memory: Int
  public let gradientTolerance: Double
  /// Threads for the steps between two evaluations; changes no result.
  public let workerCount: Int

  public init(
    initialConstant: Double = 0.01, growthLimit: Int = 10, bisectionCount: Int = 10, iterationLimit: Int = 10,
    evaluationLimit: Int = 30, memory: Int = 10, gradientTolerance: Double = 1e-4,
    workerCount: Int = Workers.defaultCount
  ) {
    precondition(initialConstant > 0, "the constant must be positive, got \(initialConstant)")
    precondition(growthLimit >= 0 && bisectionCount >= 0, "counts must not be negative")
    precondition(
      iterationLimit > 0 && evaluationLimit > 1, "one iteration takes at least two evaluations")
    self.initialConstant = initialConstant
    self.growthLimit = growthLimit
    self.bisectionCount = bisectionCount
    self.iterationLimit = iterationLimit
    self.evaluationLimit = evaluationLimit
    self.memory = memory
    self.gradientTolerance = gradientTolerance
    self.workerCount = workerCount
  }

  public var name: String { "lbfgs" }

  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    let aims = (0..<batch.count).flatMap { row in
      (threatModel.target(ofRow: row).map { [$0] }
        ?? (0..<classifier.classCount).filter { $0 != batch.labels[row] })
        .map { (row: row, target: $0) }
    }
    let length = batch.images.rowLength
    let box = (
      lower: [Double](repeating: Double(threatModel.bounds.lowerBound), count: length),
      upper: [Double](repeating: Double(threatModel.bounds.upperBound), count: length)
    )
    // By target rather than by time of completion: of two at the same distance the lower class is proposed.
    var nearest: [(found: NearestFound, target: Int)] = Array(
      repeating: (NearestFound(), .max), count: batch.count)
    var zeroGradientRows: Set<Int> = []
    try LockStep.run(count: aims.count, classifier: classifier, workerCount: workerCount) { index in
      let (row, target) = aims[index]
      return PenaltySearch(
        SearchedImage(
          clean: Array(batch.images[row: row]), label: batch.labels[row], target: target,
          bounds: threatModel.bounds),
        box: box, settings: self)
    } end: { index, search in
      let (row, target) = aims[index]
      if search.hadZeroGradient { zeroGradientRows.insert(row) }
      guard search.nearest.pixels != nil else { return }
      if (search.nearest.distance, target) < (nearest[row].found.distance, nearest[row].target) {
        nearest[row] = (search.nearest, target)
      }
    }
    var images = batch.images
    for (row, best) in nearest.enumerated() {
      if let pixels = best.found.pixels { images[row: row] = pixels[...] }
    }
    return PerturbedImages(images: images, zeroGradientRows: zeroGradientRows.sorted())
  }
}
