import Networks
import Tensors

/// Judges perturbed images by a smoothed classifier's predictions, with draws that no attack has seen.
///
/// A proposal is first projected onto the ball and the box, as in ``Evaluation``. An image withstands the attack if the
/// prediction is still its class, and is misclassified if it is another one. Otherwise the classifier abstains: the
/// attack had an effect, but not one distinguishable from chance.
public struct SmoothedEvaluation: Equatable, Codable, Sendable {
  /// One image after an attack.
  public struct Image: Equatable, Codable, Sendable {
    /// The image's number in its data set.
    public let imageID: Int
    public let label: Int
    /// ‖x′ − x‖₂
    public let distance: Double
    public let answer: SmoothedPrediction

    /// Still predicted as its class. Abstaining counts as wrong, as in Cohen, Rosenfeld, Kolter (2019).
    public var isRight: Bool { answer.label == label }

    /// Predicted as another class.
    public var isLost: Bool { answer.label.map { $0 != label } ?? false }

    /// Whether the prediction contradicts a certificate of the clean image: for a valid one the probability is at most
    /// α.
    public func violates(_ certificate: SmoothedCertificate) -> Bool {
      guard let answer = answer.label else { return false }
      return certificate.holds(certificate.leading, within: distance) && answer != certificate.leading
    }
  }

  /// In the order of the batch.
  public let images: [Image]

  init(images: [Image]) { self.images = images }

  /// - Parameters:
  ///   - attack: Attacks `surrogate`, usually a ``NoiseAverage``.
  ///   - count: Number of draws per image.
  ///   - alpha: Largest probability of a wrong answer.
  ///   - progress: Called with the number of draws judged; an error it throws is passed on.
  public init(
    of attack: some Attack, on batch: AttackBatch, under threatModel: ThreatModel,
    surrogate: some DifferentiableClassifier, smoothed: SmoothedClassifier<some Classifier>, count: Int,
    alpha: Double, progress: (Int) throws -> Void = { _ in }
  ) throws {
    let proposal = try attack.perturbedImages(for: batch, under: threatModel, classifier: surrogate)
    precondition(
      proposal.images.shape == batch.images.shape,
      "images of shape \(batch.images.shape) cannot have become \(proposal.images.shape)")
    var images = proposal.images
    for row in 0..<batch.count {
      let clean = batch.images[row: row]
      images[row: row] = threatModel.roundedInward(
        threatModel.projected(images[row: row], around: clean)[...], around: clean)
    }
    let answers = try smoothed.predictions(
      of: images, imageIDs: batch.imageIDs, count: count, alpha: alpha, progress: progress)
    self.images = (0..<batch.count).map { row in
      Image(
        imageID: batch.imageIDs[row], label: batch.labels[row],
        distance: Distortion(from: batch.images[row: row], to: images[row: row]).length(in: .l2),
        answer: answers[row])
    }
  }
}

extension SmoothedEvaluation.Image: Checked {
  public func check() throws(CheckFailure) {
    try requireNotNegative(distance, "distance")
    try require(label >= 0, "label", "a class is counted from 0, found \(label)")
  }
}
