import Directions
import Lab
import Tensors

/// Label agreement of a family of directions through one network: other random ones, and learned ones.
public struct BasisScore: Codable, Equatable, Sendable {
  public var family: DirectionFamily
  /// The other end of every direction, −v; for families whose sign is a convention.
  public var isNegated: Bool
  public var directionCount: Int
  /// Mean κ, one per size of top sets.
  public var means: [Double]
  /// Mean κ of the neurons, ranked as the family is: by cosine they are others than by activation.
  public var neurons: [Double]
  /// Of the top sets at the declared k.
  public var overlap: TopSetOverlap
}

extension BasisScore {
  /// A row per family, two where the sign of a direction is a convention.
  ///
  /// - Parameters:
  ///   - features: Of the images that are looked at: what is ranked.
  ///   - material: Training features, that families are fitted to.
  package static func table(
    of families: [DirectionFamily], features: FeatureMatrix, labels: ClassLabels,
    fittedTo material: DirectionFamily.Material, topCounts: [Int], seed: UInt64, workerCount: Int,
    progress: @escaping ProgressHandler
  ) throws -> [BasisScore] {
    let measures = BasisMeasures(labels: labels, topCounts: topCounts)
    func ranking(_ ranked: FeatureMatrix, _ directions: DirectionSet) -> Ranking {
      Ranking(of: ranked, along: directions, topCount: measures.rankedCount, workerCount: workerCount)
    }
    func means(_ ranking: Ranking) -> [Double] {
      measures.means(of: ranking, basisSize: ranking.topImages.count, workerCount: workerCount)[0]
    }
    let axes = DirectionSet.neurons(dimension: features.dimension)
    let neurons = means(ranking(features, axes))
    var rows: [BasisScore] = []
    for family in families {
      try progress(.stage("measuring \(family.words)"))
      let directions: DirectionSet
      do {
        directions = try family.directions(
          count: features.dimension, dimension: features.dimension, seed: seed, workerCount: workerCount,
          fittedTo: { material }, progress: progress)
      } catch let error as DirectionFamilyError {
        try progress(.warning("left out: \(error)"))
        continue
      }
      guard directions.count > 0 else {
        try progress(.warning("left out: there are no \(family.words) of constant features"))
        continue
      }
      let ranked = family.ranked(features)
      let ownNeurons = family == .cosine ? means(ranking(ranked, axes)) : neurons
      for isNegated in family.hasArbitrarySign ? [false, true] : [false] {
        let ranking = ranking(ranked, isNegated ? directions.negated : directions)
        rows.append(
          BasisScore(
            family: family, isNegated: isNegated, directionCount: directions.count, means: means(ranking),
            neurons: ownNeurons,
            overlap: TopSetOverlap(
              of: ranking.topImages.map { $0.prefix(topCounts[0]).map(\.imageIndex) },
              imageCount: features.imageCount)))
      }
    }
    return rows
  }
}

extension BasisScore: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(means.count, "means")
    try requireSome(neurons.count, "neurons")
  }
}
