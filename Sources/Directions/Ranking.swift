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
  /// The requested k; a row is shorter when there are fewer images.
  public let topCount: Int
  /// Names of the directions, one per row.
  public let directionIDs: [String]
  /// Best first, one row per direction.
  public let topImages: [[RankedImage]]

  /// Restores an earlier ranking.
  ///
  /// - Parameter topImages: At most `topCount` per direction, each of which precedes the next.
  public init(topCount: Int, directionIDs: [String], topImages: [[RankedImage]]) {
    precondition(
      topImages.count == directionIDs.count && topImages.allSatisfy { $0.count <= topCount },
      "\(directionIDs.count) directions have as many rows of at most \(topCount) images")
    self.topCount = topCount
    self.directionIDs = directionIDs
    self.topImages = topImages
  }

  /// An empty ranking, to which images are added by ``include(_:along:firstImage:workerCount:)``.
  ///
  /// - Parameter topCount: k, at least 1.
  public init(along directions: DirectionSet, topCount: Int) {
    precondition(topCount > 0, "at least one image per direction must be asked for, got \(topCount)")
    self.init(
      topCount: topCount, directionIDs: directions.ids,
      topImages: [[RankedImage]](repeating: [], count: directions.count))
  }

  /// Ranks all images of `features` along all `directions`.
  ///
  /// Memory in addition to the features grows with directions × k; no images × directions matrix is ever held. Images
  /// are processed in batches (2²⁴ features, 64 MiB), with a copy in bytes if there are many directions (``Proposer``).
  /// Ranked features of a mapped file are released.
  ///
  /// - Parameters:
  ///   - features: Features of held-out images.
  ///   - directions: Directions of the features' dimension.
  ///   - topCount: k, at least 1.
  ///   - firstImage: Index of the first row, if `features` is part of a larger set.
  ///   - workerCount: Changes the time only.
  public init(
    of features: FeatureMatrix, along directions: DirectionSet, topCount: Int, firstImage: Int = 0,
    workerCount: Int = Workers.defaultCount
  ) {
    self.init(
      of: features, along: directions, topCount: topCount, firstImage: firstImage, workerCount: workerCount,
      imagesAtOnce: max(4096, (1 << 24) / features.dimension))
  }

  /// - Parameters:
  ///   - imagesAtOnce: Changes time and memory only.
  ///   - proposer: Changes the time only.
  init(
    of features: FeatureMatrix, along directions: DirectionSet, topCount: Int, firstImage: Int = 0,
    workerCount: Int = Workers.defaultCount, imagesAtOnce: Int = .max, proposer: Proposer? = nil
  ) {
    self.init(along: directions, topCount: topCount)
    let parts = Workers.pieces(
      of: features.imageCount, length: min(imagesAtOnce, max(features.imageCount, 1)))
    for part in parts {
      include(
        features.rows(part), along: directions, firstImage: firstImage + part.lowerBound,
        workerCount: workerCount, proposer: proposer)
      if parts.count > 1 { features.release(part) }
    }
  }

  /// Ranks more images: the result is the ranking of the union, in whatever order and pieces the images come.
  ///
  /// - Parameters:
  ///   - features: Features of images that the ranking has not seen.
  ///   - directions: Directions of the ranking.
  ///   - firstImage: Index of the first row.
  ///   - workerCount: Changes the time only.
  public mutating func include(
    _ features: FeatureMatrix, along directions: DirectionSet, firstImage: Int,
    workerCount: Int = Workers.defaultCount
  ) {
    include(
      features, along: directions, firstImage: firstImage, workerCount: workerCount, proposer: nil)
  }

  private mutating func include(
    _ features: FeatureMatrix, along directions: DirectionSet, firstImage: Int, workerCount: Int,
    proposer: Proposer?
  ) {
    precondition(directionIDs == directions.ids, "the ranking is of other directions")
    // An image below the k-th of the earlier ones cannot be among the top k.
    let floors = topImages.map { $0.count == topCount ? $0[topCount - 1].score : -.infinity }
    let proposer = proposer ?? .fastest(for: features, directions, topCount: topCount)
    var rows = [[RankedImage]?](repeating: nil, count: directions.count)
    if let instructions = proposer.byteInstructions, case .matrix(let matrix) = directions.storage {
      rows = ByteFeatures(features, instructions: instructions, workerCount: workerCount).topImages(
        along: matrix, count: topCount, firstImage: firstImage, floors: floors, workerCount: workerCount)
    }
    let remaining = rows.indices.filter { rows[$0] == nil }
    if !remaining.isEmpty {
      let scores = Scores(features: features, directions: directions.chosen(remaining))
      let (remainingFloors, topCount) = (remaining.map { floors[$0] }, topCount)
      let chunks = scores.directionChunks(workerCount: workerCount, limit: 128)
      let found = Workers.map(count: chunks.count, workerCount: workerCount) { chunk in
        scores.topImages(
          ofDirections: chunks[chunk], count: topCount, firstImage: firstImage,
          floors: remainingFloors)
      }
      for (row, images) in zip(remaining, found.joined()) { rows[row] = images }
    }
    self = merged(
      with: Ranking(topCount: topCount, directionIDs: directionIDs, topImages: rows.map { $0! }))
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
      if mine.isEmpty { return theirs }
      var union: [RankedImage] = []
      union.reserveCapacity(min(topCount, mine.count + theirs.count))
      var (left, right) = (mine[...], theirs[...])
      while union.count < topCount, let image = Self.removeFirst(of: &left, &right) {
        if union.last != image { union.append(image) }
      }
      return union
    }
    return Ranking(topCount: topCount, directionIDs: directionIDs, topImages: rows)
  }

  /// Removes the better of the two first images.
  private static func removeFirst(
    of left: inout ArraySlice<RankedImage>, _ right: inout ArraySlice<RankedImage>
  ) -> RankedImage? {
    guard let mine = left.first else { return right.popFirst() }
    guard let other = right.first, other.precedes(mine) else { return left.popFirst() }
    return right.popFirst()
  }

  /// Image indices of one row, best first.
  public func imageIndices(ofRow row: Int) -> [Int] { topImages[row].map(\.imageIndex) }
}
