import Tensors

/// The distribution of a basis's mean measures if its axes were not special.
///
///     T_b = mean over the rows of Q_b of a measure, such as κ,   b = 1 … B,   Q_b uniform rotations
///
/// Under the null hypothesis the neurons are one more draw from the same distribution. The basis is the unit of the
/// test, so that images shared between directions and features shared between neurons are accounted for. Rotation tests
/// in general: Langsrud (2005), "Rotation tests", Statistics and Computing 15.
public struct RotationNull: Sendable {
  public let features: FeatureMatrix
  public let measures: BasisMeasures
  /// As many directions as there are neurons in the comparison.
  public let directionCount: Int
  public let seed: UInt64

  /// - Parameters:
  ///   - measures: Measures over the images of `features`; one ranking serves all of them.
  ///   - directionCount: At least 1.
  public init(features: FeatureMatrix, measures: BasisMeasures, directionCount: Int, seed: UInt64) {
    precondition(directionCount > 0, "a basis has a direction")
    precondition(
      measures.labels.values.count == features.imageCount,
      "\(measures.labels.values.count) labels are not those of \(features.imageCount) images")
    self.features = features
    self.measures = measures
    self.directionCount = directionCount
    self.seed = seed
  }

  /// T of the given axes of the features, measured like the rotations.
  ///
  /// - Returns: The values of each direction, `[measure][direction]`.
  public func values(
    ofNeurons neurons: DirectionSet, workerCount: Int = Workers.defaultCount
  ) -> [[Double]] {
    measures.values(
      of: Ranking(
        of: features, along: neurons, topCount: measures.rankedCount, workerCount: workerCount),
      workerCount: workerCount)
  }

  /// T of each rotation, `[rotation][measure]`.
  ///
  /// A rotation's value depends only on the seed and its number: any split of the numbers gives the same values.
  ///
  /// - Parameter workerCount: Changes the time only.
  public func statistics(ofRotations rotations: Range<Int>, workerCount: Int = Workers.defaultCount)
    -> [[Double]]
  {
    // Enough directions for the ranking's products to justify packing the features, few enough to hold.
    let rotationsAtOnce = max(1, 4096 / directionCount)
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
        of: features, along: directions, topCount: measures.rankedCount, workerCount: workerCount)
      return measures.means(of: ranking, basisSize: directionCount, workerCount: workerCount)
    }
  }
}
