import Tensors

/// The images of one class with the highest scores along a direction, and the scores of the class as a whole.
///
///     T_k(v, c) = the k images of class c with the highest ⟨φ(x), v⟩
///
/// Over all classes it shows what a direction responds to within each of them, and so whether a high label agreement of
/// the top set is all there is to it.
public struct ClassTop: Equatable, Codable, Sendable {
  public let label: Int
  /// Images of the class.
  public let imageCount: Int
  /// The highest first, ties in order of image number; fewer than k if the class has fewer.
  public let images: [RankedImage]
  /// Mean score of the class; `nil` for a class without images.
  public let mean: Double?
  /// With divisor n − 1; `nil` for fewer than two images.
  public let standardDeviation: Double?
  /// Images of the class with a score above 0.
  public let positive: Proportion
  /// The rank of the class's best image among all images, from 1, in the same order.
  public let bestRank: Int?

  /// One entry per class, in their order.
  ///
  /// - Parameters:
  ///   - scores: Scores of all images.
  ///   - labels: One label per score.
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
