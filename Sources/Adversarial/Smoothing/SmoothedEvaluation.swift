import Networks
import Tensors

/// Judges perturbed images by what a smoothed classifier answers, with draws that no attack has seen.
///
/// A proposal is first moved into the ball and the box, as ``Evaluation`` does. An image withstands the attack where the
/// answer is still its class, and is lost where it is another one. Between the two lies no answer: the attack has taken
/// something, but nothing that can be told from chance.
public struct SmoothedEvaluation: Equatable, Codable, Sendable {
  /// One image after an attack.
  public struct Image: Equatable, Codable, Sendable {
    /// Number in its data set.
    public let imageID: Int
    public let label: Int
    /// ‖x′ − x‖₂
    public let distance: Double
    public let answer: SmoothedPrediction

    /// Still taken for its class. No answer is none, as Cohen, Rosenfeld, Kolter (2019) count it.
    public var isRight: Bool { answer.label == label }

    /// Taken for another class.
    public var isLost: Bool { answer.label.map { $0 != label } ?? false }

    /// Whether the answer contradicts a certificate of the clean image: of a true one it does with probability α at most.
    public func violates(_ certificate: SmoothedCertificate) -> Bool {
      guard let answer = answer.label else { return false }
      return certificate.holds(certificate.leading, within: distance) && answer != certificate.leading
    }
  }

  /// In the order of the batch.
  public let images: [Image]

  init(images: [Image]) { self.images = images }

  /// - Parameters:
  ///   - attack: Climbs `surrogate`, usually a ``NoiseAverage``.
  ///   - count: Draws for each image.
  ///   - alpha: Probability of a wrong answer, at most.
  ///   - progress: Called with the number of draws judged; what it throws is thrown.
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
