import Directions

/// A direction, its top images, and what is known of all its scores.
struct RankedDirection {
  let id: String
  let topImages: [RankedImage]
  let statistics: ActivationStatistics?

  init(id: String, topImages: [RankedImage], statistics: ActivationStatistics?) {
    (self.id, self.topImages, self.statistics) = (id, topImages, statistics)
  }

  var imageIndices: [Int] { topImages.map(\.imageIndex) }

  /// Whether its ranking has a meaning: the scores vary, and a rectified unit responds to each of the top images.
  var isAlive: Bool { statistics.map { !$0.isDead && !$0.isConstant } ?? false }
}
