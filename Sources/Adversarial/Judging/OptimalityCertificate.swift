import Networks
import Tensors

/// How close each success is to a minimum: the cosine between the perturbation and the gradient of the margin.
///
///     cos(r, ∇ₓ m(x + r))   over the pixels that are not at a bound
///
/// m increases towards the goal. At the nearest adversarial point in L2 the perturbation is perpendicular to the
/// boundary between the two classes, so the cosine is 1 (by the Karush–Kuhn–Tucker conditions; for a pixel at a bound
/// the bound's own multiplier makes up the difference). A value below 1 proves that a nearer point exists close by; 1
/// is necessary for a minimum, even a local one, and thus does not prove one. SuperDeepFool (2023) builds on the same
/// condition. <https://arxiv.org/abs/2303.12481>
public struct OptimalityCertificate: Equatable, Codable, Sendable {
  /// The cosine of each image; `nil` without success, or if the perturbation or the gradient is zero on free pixels.
  public let cosines: [Double?]

  /// Median over those that have one; `nil` when none has.
  public var median: Double? { Statistics.median(cosines.compactMap(\.self)) }

  /// - Throws: What `classifier` throws.
  public init(
    of evaluation: Evaluation, on batch: AttackBatch, classifier: some DifferentiableClassifier
  ) throws {
    precondition(
      evaluation.images.count == batch.count, "\(evaluation.images.count) records of \(batch.count) images")
    let rows = evaluation.images.indices.filter { evaluation.images[$0].verdict == .succeeded }
    let bounds = evaluation.threatModel.bounds
    var cosines = [Double?](repeating: nil, count: batch.count)
    if !rows.isEmpty {
      let images = evaluation.returnedImages.rows(rows)
      let gradients = try AscentProblem(
        .margin, on: batch, under: evaluation.threatModel, classifier: classifier
      ).gradients(at: images, rows: rows).gradients
      for (place, row) in rows.enumerated() {
        var (product, moved, slopes) = (0.0, 0.0, 0.0)
        for ((after, before), slope) in zip(
          zip(images[row: place], batch.images[row: row]), gradients[row: place])
        where after > bounds.lowerBound && after < bounds.upperBound {
          let difference = Double(after) - Double(before)
          product += difference * Double(slope)
          moved += difference * difference
          slopes += Double(slope) * Double(slope)
        }
        if moved > 0, slopes > 0 {
          cosines[row] = min(max(product / (moved * slopes).squareRoot(), -1), 1)
        }
      }
    }
    self.cosines = cosines
  }
}
