import Networks
import Tensors

/// The one place that judges attacks: projects, checks, asks the classifier once more, and counts.
///
/// - Images that the classifier gets wrong without help are skipped and never count as successes.
/// - A proposal outside the threat model's ball or box is first moved to the nearest allowed image. What is judged is not
///   outside by the rounding of a pixel either.
/// - The verdict comes from a final forward pass over the very pixels that are returned.
/// - A failed attack returns the original image, bit for bit.
public struct Evaluation: Sendable {
  public let threatModel: ThreatModel
  /// Adversarial where the attack succeeded, clean everywhere else; of the shape of the batch.
  public let returnedImages: Tensor
  /// What the attack proposed, after projection, whether or not it succeeded; clean where an image was skipped. Of
  /// the shape of the batch: the pixels that ``AttackedImage/attempt`` is about.
  public let attemptedImages: Tensor
  /// One for each image, in the order of the batch.
  public let images: [AttackedImage]
  /// What the attack asked of the classifier, without what judging it took; `nil` when it ran elsewhere.
  public let cost: ClassifierCost?

  /// Runs an attack on the images worth attacking, and judges it.
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

  /// Judges images that were perturbed elsewhere, one for each of the batch.
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

  /// Pixels as an 8-bit file stores and returns them: the nearest k/255.
  ///
  /// Pixels must be in [0, 1]; others are moved to the nearest end.
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

  /// The proposals moved into ball and box, and the rows where that was more than the rounding of pixels.
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

/// Pixels that cannot be judged, usually read from a foreign file.
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
