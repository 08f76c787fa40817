import Tensors

/// The images of one class that score highest along a direction, and how the class scores as a whole.
///
///     T_k(v, c) = the k images of class c with the highest ⟨φ(x), v⟩
///
/// Over all classes it shows what a direction finds inside each of them, and so whether a high label agreement of
/// the top set is all there is to say of it.
public struct ClassTop: Equatable, Codable, Sendable {
  public let label: Int
  /// Images of the class.
  public let imageCount: Int
  /// Best first, equal scores by image number; fewer than k where the class has fewer.
  public let images: [RankedImage]
  /// Mean score of the class; `nil` for a class without images.
  public let mean: Double?
  /// With n − 1; `nil` for fewer than two images.
  public let standardDeviation: Double?
  /// Images of the class with a score above 0.
  public let positive: Proportion
  /// Place of the class's best image among all images, from 1, counted by the same order.
  public let bestRank: Int?

  /// One for each class, in their order.
  ///
  /// - Parameters:
  ///   - scores: Of all images.
  ///   - labels: As many.
  ///   - topCount: k, at least 1.
  public static func table(scores: [Float], labels: ClassLabels, topCount: Int) -> [ClassTop] {
    precondition(topCount > 0, "at least one image per class must be asked for, got \(topCount)")
    precondition(
      scores.count == labels.values.count,
      "\(scores.count) scores need as many labels, got \(labels.values.count)")
    var members = [[RankedImage]](repeating: [], count: labels.classCount)
    for (image, label) in labels.values.enumerated() {
      members[label].append(RankedImage(imageIndex: image, score: scores[image]))
    }
    return members.enumerated().map { label, images in
      let sorted = images.sorted { $0.precedes($1) }
      let own = images.map(\.score)
      let best = sorted.first
      return ClassTop(
        label: label, imageCount: images.count, images: Array(sorted.prefix(topCount)),
        mean: Statistics.mean(own), standardDeviation: Statistics.standardDeviation(own),
        positive: Proportion(own.count { $0 > 0 }, of: images.count),
        bestRank: best.map { best in
          1 + scores.indices.count { RankedImage(imageIndex: $0, score: scores[$0]).precedes(best) }
        })
    }
  }
}
