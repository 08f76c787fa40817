import Tensors

/// The top images of each direction.
///
///     T_k(v) = the k images with the highest ⟨φ(x), v⟩, order (score descending, image index ascending)
///
/// Szegedy et al. (2013), section 3.1, for v = e_i and for random v. <https://arxiv.org/abs/1312.6199>
///
/// The order is total and the scores are exact to the rounding of a Float, so a ranking does not depend on the
/// number of workers, on the size of a block, or on which directions were ranked together.
public struct Ranking: Equatable, Sendable {
  /// k as asked for; a row is shorter when there are fewer images.
  public let topCount: Int
  /// Names of the directions, one per row.
  public let directionIDs: [String]
  /// Best first, one row per direction.
  public let topImages: [[RankedImage]]

  init(topCount: Int, directionIDs: [String], topImages: [[RankedImage]]) {
    self.topCount = topCount
    self.directionIDs = directionIDs
    self.topImages = topImages
  }

  /// Ranks all images of `features` along all `directions`.
  ///
  /// Memory grows with images + directions × k; no images × directions matrix is ever held. Beside the features
  /// stands a copy of them in bytes when there are many directions (``Proposer``).
  ///
  /// - Parameters:
  ///   - features: Of held-out images.
  ///   - directions: Of the features' dimension.
  ///   - topCount: k, at least 1.
  ///   - firstImage: Index of the first row, where `features` is a part of a larger set.
  ///   - workerCount: Changes the time only.
  public init(
    of features: FeatureMatrix, along directions: DirectionSet, topCount: Int, firstImage: Int = 0,
    workerCount: Int = Workers.defaultCount
  ) {
    precondition(topCount > 0, "at least one image per direction must be asked for, got \(topCount)")
    self.init(
      of: features, along: directions, topCount: topCount, firstImage: firstImage, workerCount: workerCount,
      proposer: .fastest(for: features, directions, topCount: topCount))
  }

  /// - Parameter proposer: Changes the time only.
  init(
    of features: FeatureMatrix, along directions: DirectionSet, topCount: Int, firstImage: Int = 0,
    workerCount: Int = Workers.defaultCount, proposer: Proposer
  ) {
    precondition(topCount > 0, "at least one image per direction must be asked for, got \(topCount)")
    var rows = [[RankedImage]?](repeating: nil, count: directions.count)
    if let instructions = proposer.byteInstructions, case .matrix(let matrix) = directions.storage {
      rows = ByteFeatures(features, instructions: instructions, workerCount: workerCount).topImages(
        along: matrix, count: topCount, firstImage: firstImage, workerCount: workerCount)
    }
    let remaining = rows.indices.filter { rows[$0] == nil }
    if !remaining.isEmpty {
      let scores = Scores(features: features, directions: directions.chosen(remaining))
      let chunks = scores.directionChunks(workerCount: workerCount, limit: 128)
      let found = Workers.map(count: chunks.count, workerCount: workerCount) { chunk in
        scores.topImages(ofDirections: chunks[chunk], count: topCount, firstImage: firstImage)
      }
      for (row, images) in zip(remaining, found.joined()) { rows[row] = images }
    }
    self.init(topCount: topCount, directionIDs: directions.ids, topImages: rows.map { $0! })
  }

  /// The ranking of the union of two sets of images, from the rankings of both.
  ///
  /// An image that occurs in both counts once.
  ///
  /// - Precondition: Same directions and same k.
  public func merged(with other: Ranking) -> Ranking {
    precondition(
      topCount == other.topCount && directionIDs == other.directionIDs,
      "only rankings of the same directions and the same length can be merged")
    let rows = zip(topImages, other.topImages).map { mine, theirs in
      var union: [RankedImage] = []
      for image in (mine + theirs).sorted(by: { $0.precedes($1) }) where union.last != image {
        guard union.count < topCount else { break }
        union.append(image)
      }
      return union
    }
    return Ranking(topCount: topCount, directionIDs: directionIDs, topImages: rows)
  }

  /// Image indices of one row, best first.
  public func imageIndices(ofRow row: Int) -> [Int] { topImages[row].map(\.imageIndex) }
}
