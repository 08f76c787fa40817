import Tensors

/// What the mean label agreement of a basis would be if its axes were not special.
///
///     T_b = mean κ of the rows of Q_b,   b = 1 … B,   Q_b uniform rotations
///
/// Under the null hypothesis the neurons are one more draw of the same distribution. The basis is the unit of
/// the test, so that images shared between directions and features shared between neurons are accounted for.
/// Rotation tests as a class: Langsrud (2005), "Rotation tests", Statistics and Computing 15.
public struct RotationNull: Sendable {
  public let features: FeatureMatrix
  public let labels: ClassLabels
  /// As many directions as neurons take part.
  public let directionCount: Int
  /// Sizes k; one ranking serves all.
  public let topCounts: [Int]
  public let seed: UInt64

  public init(
    features: FeatureMatrix, labels: ClassLabels, directionCount: Int, topCounts: [Int], seed: UInt64
  ) {
    precondition(!topCounts.isEmpty, "a rotation test needs a size of top sets")
    precondition(
      topCounts.allSatisfy { $0 <= features.imageCount },
      "top sets of \(topCounts) images cannot come from \(features.imageCount)")
    self.features = features
    self.labels = labels
    self.directionCount = directionCount
    self.topCounts = topCounts
    self.seed = seed
  }

  /// T of each rotation, `[rotation][topCount]`.
  ///
  /// A rotation's value depends on seed and number only: any split of the numbers gives the same values.
  ///
  /// - Parameter workerCount: Changes the time only.
  public func statistics(ofRotations rotations: Range<Int>, workerCount: Int = Workers.defaultCount)
    -> [[Double]]
  {
    // Enough directions for the ranking's products to pay for packing the features, few enough to hold.
    let rotationsAtOnce = max(1, 4096 / max(directionCount, 1))
    return Workers.pieces(of: rotations.count, length: rotationsAtOnce).flatMap { piece in
      let numbers = piece.map { rotations.lowerBound + $0 }
      let bases = Workers.map(count: numbers.count, workerCount: workerCount) {
        DirectionSet.haar(
          count: directionCount, dimension: features.dimension, seed: seed, index: numbers[$0]
        ).matrix.elements
      }
      let count = numbers.count * directionCount
      let directions = DirectionSet(
        kind: .haar, ids: (0..<count).map(String.init),
        matrix: Tensor(shape: [count, features.dimension], elements: Array(bases.joined())))
      let ranking = Ranking(
        of: features, along: directions, topCount: topCounts.max()!, workerCount: workerCount)
      let agreement = BasisAgreement(of: ranking, labels: labels, topCounts: topCounts)
      return numbers.indices.map { place in
        agreement.kappas.map { kappas in
          kappas[place * directionCount..<(place + 1) * directionCount].reduce(0, +) / Double(directionCount)
        }
      }
    }
  }
}
