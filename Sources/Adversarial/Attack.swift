import Networks
import Tensors

/// Images to attack, with their labels and numbers.
public struct AttackBatch: Sendable {
  /// `[count, channels, height, width]`, inside the bounds of the threat model.
  public let images: Tensor
  /// True classes.
  public let labels: [Int]
  /// Number of each image in its data set: seeds its random draws, and identifies it in results.
  public let imageIDs: [Int]

  public init(images: Tensor, labels: [Int], imageIDs: [Int]) {
    precondition(
      labels.count == images.count && imageIDs.count == images.count,
      "\(images.count) images with \(labels.count) labels and \(imageIDs.count) numbers")
    self.images = images
    self.labels = labels
    self.imageIDs = imageIDs
  }

  public var count: Int { labels.count }

  /// The given rows, in that order.
  public func selecting(_ rows: some Collection<Int>) -> AttackBatch {
    AttackBatch(
      images: images.rows(rows), labels: rows.map { labels[$0] }, imageIDs: rows.map { imageIDs[$0] })
  }
}

/// The images proposed by an attack. Whether they are adversarial is decided by ``Evaluation``.
public struct PerturbedImages: Sendable {
  /// Same shape as the batch.
  public let images: Tensor
  /// Rows for which a gradient was zero in every pixel, so that the attack had no direction. Many of them are a sign of
  /// gradient masking, not of robustness.
  public let zeroGradientRows: [Int]
  /// The queries and improvements of each image, for a black-box attack; `nil` for others.
  public let traces: [QueryTrace]?

  public init(images: Tensor, zeroGradientRows: [Int] = [], traces: [QueryTrace]? = nil) {
    precondition(
      traces.map { $0.count == images.count } ?? true,
      "\(images.count) images with \(traces?.count ?? 0) traces")
    self.images = images
    self.zeroGradientRows = zeroGradientRows
    self.traces = traces
  }
}

/// A method of perturbing images. Final projection, judging and counting are left to ``Evaluation``.
///
/// Attacks with a fixed budget maximise the loss within `threatModel.epsilon`. Attacks that minimise the perturbation
/// are given an infinite one and, if they find nothing, propose the image itself.
///
/// The proposal for an image depends on that image, its label, its number and the attack's own seed; not on
/// the other images, their order or the number of workers.
public protocol Attack: Sendable {
  /// The name used by users: `fgsm`.
  var name: String { get }

  /// - Parameters:
  ///   - batch: Not changed. May be empty.
  ///   - threatModel: Its targets, if any, are in the order of the batch.
  /// - Throws: What `classifier` throws.
  func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages
}
