import Tensors

/// The measures of every direction of a basis, from one ranking: label agreement for one or several sizes of top sets,
/// and a second opinion.
///
/// Neurons and the bases that they are compared with get the same measures, so that their numbers differ only through
/// their directions.
public struct BasisMeasures: Sendable {
  /// Labels of all images, with at least two classes.
  public let labels: ClassLabels
  /// Sizes k for label agreement, in the order requested.
  public let topCounts: [Int]
  public let secondOpinion: SecondOpinion?

  /// - Parameters:
  ///   - topCounts: At least one, each at least 2; a direction's top set is the beginning of its ranking.
  ///   - secondOpinion: A second opinion over the same images.
  public init(labels: ClassLabels, topCounts: [Int], secondOpinion: SecondOpinion? = nil) {
    precondition(
      !topCounts.isEmpty && topCounts.allSatisfy { 2 <= $0 && $0 <= labels.values.count },
      "top sets of \(topCounts) of \(labels.values.count) images have no label agreement")
    precondition(labels.imageCounts.count { $0 > 0 } >= 2, "label agreement needs two classes")
    precondition(
      (secondOpinion?.space.imageCount ?? labels.values.count) == labels.values.count,
      "a second opinion is over the same images")
    self.labels = labels
    self.topCounts = topCounts
    self.secondOpinion = secondOpinion
  }

  /// Number of images per direction that a ranking must hold to be measured.
  public var rankedCount: Int {
    max(topCounts.max()!, secondOpinion?.rankedCount ?? 0)
  }

  /// Number of values per direction: one for each size, then those of the second opinion.
  public var count: Int { topCounts.count + (secondOpinion?.measures.count ?? 0) }

  /// Values of all measures, `[measure][direction]`.
  ///
  /// - Parameters:
  ///   - ranking: A ranking with at least ``rankedCount`` images per direction.
  ///   - basisSize: The directions are bases of this size, one after the other; nil: a single basis. A direction's
  ///     index in its basis determines its random draws.
  ///   - workerCount: Affects only the time taken.
  public func values(
    of ranking: Ranking, basisSize: Int? = nil, workerCount: Int = Workers.defaultCount
  ) -> [[Double]] {
    precondition(
      ranking.topImages.allSatisfy { $0.count >= rankedCount },
      "a ranking of the top \(ranking.topCount) cannot be measured on \(rankedCount) images")
    let basisSize = basisSize ?? max(ranking.topImages.count, 1)
    let numbers = Workers.map(count: ranking.topImages.count, workerCount: workerCount) { direction in
      let images = ranking.topImages[direction].prefix(rankedCount).map(\.imageIndex)
      let kappas = topCounts.map { size in
        guard let kappa = LabelAgreement(of: Array(images.prefix(size)), in: labels).kappa else {
          preconditionFailure("label agreement needs two images and two classes")
        }
        return kappa
      }
      return kappas + (secondOpinion?.values(of: images, place: direction % basisSize) ?? [])
    }
    return (0..<count).map { measure in numbers.map { $0[measure] } }
  }

  /// Mean of each measure over each basis, `[basis][measure]`: the statistics of the rotation test.
  public func means(
    of ranking: Ranking, basisSize: Int, workerCount: Int = Workers.defaultCount
  ) -> [[Double]] {
    precondition(
      basisSize > 0 && ranking.topImages.count % basisSize == 0,
      "\(ranking.topImages.count) directions are no whole number of bases of \(basisSize)")
    let values = values(of: ranking, basisSize: basisSize, workerCount: workerCount)
    return Workers.pieces(of: ranking.topImages.count, length: basisSize).map { basis in
      values.map { $0[basis].reduce(0, +) / Double(basisSize) }
    }
  }
}
