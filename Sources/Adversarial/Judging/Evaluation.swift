import Networks
import Tensors

/// The one place that judges attacks: projects, checks, runs the classifier once more, and counts.
///
/// - Images misclassified when clean are skipped and never count as successes.
/// - A proposal outside the threat model's ball or box is first projected onto the nearest allowed image. The judged
///   image is inside even up to the rounding of a pixel.
/// - The verdict comes from a final forward pass over exactly the pixels that are returned.
/// - A failed attack returns the original image, bit for bit.
public struct Evaluation: Sendable {
  public let threatModel: ThreatModel
  /// Adversarial if the attack succeeded, clean otherwise; same shape as the batch.
  public let returnedImages: Tensor
  /// The attack's proposals after projection, successful or not; clean if an image was skipped. Same shape as the
  /// batch: the pixels that ``AttackedImage/attempt`` refers to.
  public let attemptedImages: Tensor
  /// One record per image, in the order of the batch.
  public let images: [AttackedImage]
  /// The attack's queries to the classifier, without those of judging; `nil` when it ran elsewhere.
  public let cost: ClassifierCost?

  /// Runs an attack on the images that are not skipped, and judges it.
  ///
  /// - Throws: What `classifier` throws, and ``EvaluationError``.
  public init(
    of attack: some Attack, on batch: AttackBatch, under threatModel: ThreatModel,
    classifier: some DifferentiableClassifier
  ) throws {
    let counting = CountingClassifier(classifier)
    try self.init(on: batch, under: threatModel, classifier: classifier) { rows in
      let proposal = try attack.perturbedImages(
        for: batch.selecting(rows), under: threatModel.selecting(rows), classifier: counting)
      return (proposal, counting.cost)
    }
  }

  /// Judges images that were perturbed elsewhere, one per image of the batch.
  ///
  /// - Throws: What `classifier` throws, and ``EvaluationError``.
  public init(
    of perturbed: PerturbedImages, on batch: AttackBatch, under threatModel: ThreatModel,
    classifier: some Classifier
  ) throws {
    precondition(
      perturbed.images.shape == batch.images.shape,
      "images of shape \(batch.images.shape) cannot have become \(perturbed.images.shape)")
    let zeroGradientRows = Set(perturbed.zeroGradientRows)
    try self.init(on: batch, under: threatModel, classifier: classifier) { rows in
      let proposal = PerturbedImages(
        images: perturbed.images.rows(rows),
        zeroGradientRows: rows.indices.filter { zeroGradientRows.contains(rows[$0]) })
      return (proposal, nil)
    }
  }

  private init(
    on batch: AttackBatch, under threatModel: ThreatModel, classifier: some Classifier,
    proposal: (_ attackedRows: [Int]) throws -> (PerturbedImages, ClassifierCost?)
  ) throws {
    if case .targeted(let targets) = threatModel.goal {
      precondition(
        targets.count == batch.count, "\(batch.count) images need as many targets, got \(targets.count)")
    }
    try Self.checkClean(batch, threatModel.bounds)
    let before = try Self.predictions(of: batch.images, by: classifier)
    var verdicts: [Verdict] = (0..<batch.count).map { row in
      if before[row].label != batch.labels[row] { return .alreadyWrong }
      return threatModel.isReached(byPrediction: before[row].label, ofRow: row, label: batch.labels[row])
        ? .alreadyTarget : .failed
    }
    let attackedRows = verdicts.indices.filter { !verdicts[$0].isSkipped }
    let attacked = batch.selecting(attackedRows)
    let (perturbed, cost) = try proposal(attackedRows)
    precondition(
      perturbed.images.shape == attacked.images.shape,
      "images of shape \(attacked.images.shape) cannot have become \(perturbed.images.shape)")
    let (candidates, projected) = try Self.allowed(perturbed.images, attacked, threatModel)

    var attempts = before
    var attempted = batch.images
    var returned = batch.images
    let judged = try Self.predictions(of: candidates, by: classifier)
    for (place, row) in attackedRows.enumerated() {
      attempts[row] = judged[place]
      attempted[row: row] = candidates[row: place]
      if threatModel.isReached(byPrediction: judged[place].label, ofRow: row, label: batch.labels[row]) {
        verdicts[row] = .succeeded
        returned[row: row] = candidates[row: place]
      }
    }

    let succeeded = verdicts.indices.filter { verdicts[$0] == .succeeded }
    let rounded = try Self.predictions(of: Self.rounded8Bit(returned.rows(succeeded)), by: classifier)
    let survival = Dictionary(
      uniqueKeysWithValues: zip(succeeded, rounded).map { row, prediction in
        (row, threatModel.isReached(byPrediction: prediction.label, ofRow: row, label: batch.labels[row]))
      })
    let projectedRows = Set(projected.map { attackedRows[$0] })
    let zeroGradientRows = Set(perturbed.zeroGradientRows.map { attackedRows[$0] })
    let traces = Dictionary(uniqueKeysWithValues: zip(attackedRows, perturbed.traces ?? []))
    self.threatModel = threatModel
    self.cost = cost
    returnedImages = returned
    attemptedImages = attempted
    images = verdicts.indices.map { row in
      AttackedImage(
        imageID: batch.imageIDs[row], label: batch.labels[row], target: threatModel.target(ofRow: row),
        verdict: verdicts[row], before: before[row], attempt: attempts[row],
        after: verdicts[row] == .succeeded ? attempts[row] : before[row],
        distortion: Distortion(from: batch.images[row: row], to: returned[row: row]),
        attemptDistortion: verdicts[row].isSkipped
          ? nil : Distortion(from: batch.images[row: row], to: attempted[row: row]),
        survives8Bit: survival[row], wasProjected: projectedRows.contains(row),
        hadZeroGradient: zeroGradientRows.contains(row), queries: traces[row])
    }
  }

  public var summary: EvaluationSummary { EvaluationSummary(of: images, cost: cost) }

  /// Pixels after storage in an 8-bit file: the nearest k/255.
  ///
  /// Pixels must be in [0, 1]; others are clipped.
  public static func rounded8Bit(_ images: Tensor) -> Tensor {
    Tensor(
      shape: images.shape,
      elements: images.elements.map { (min(max($0, 0), 1) * 255).rounded() / 255 })
  }

  private static func predictions(of images: Tensor, by classifier: some Classifier) throws -> [Prediction] {
    images.count > 0 ? Prediction.rows(of: try classifier.logits(of: images)) : []
  }

  private static func checkClean(_ batch: AttackBatch, _ bounds: ClosedRange<Float>) throws {
    guard let index = batch.images.elements.firstIndex(where: { !bounds.contains($0) }) else { return }
    throw EvaluationError.pixelOutOfBounds(
      imageID: batch.imageIDs[index / batch.images.rowLength], value: batch.images.elements[index],
      bounds: bounds)
  }

  /// The proposals projected onto ball and box, and the rows that were outside by more than pixel rounding.
  private static func allowed(
    _ proposed: Tensor, _ batch: AttackBatch, _ threatModel: ThreatModel
  ) throws -> (images: Tensor, projectedRows: [Int]) {
    if let index = proposed.firstNonFiniteIndex {
      throw EvaluationError.perturbedPixelNotFinite(
        imageID: batch.imageIDs[index / proposed.rowLength], value: proposed.elements[index])
    }
    var images = proposed
    var projectedRows: [Int] = []
    for row in 0..<batch.count {
      let nearest = threatModel.projected(proposed[row: row], around: batch.images[row: row])
      if !nearest.elementsEqual(proposed[row: row]) { projectedRows.append(row) }
      images[row: row] = threatModel.roundedInward(nearest[...], around: batch.images[row: row])
    }
    return (images, projectedRows)
  }
}

/// Pixels that cannot be judged, usually from a foreign file.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case pixelOutOfBounds(imageID: Int, value: Float, bounds: ClosedRange<Float>)
  case perturbedPixelNotFinite(imageID: Int, value: Float)

  public var description: String {
    switch self {
    case .pixelOutOfBounds(let image, let value, let bounds):
      "image \(image) has a pixel of \(value); expected pixels in \(bounds.lowerBound)…\(bounds.upperBound)"
    case .perturbedPixelNotFinite(let image, let value):
      "perturbed image \(image) has a pixel of \(value); expected finite pixels"
    }
  }
}
