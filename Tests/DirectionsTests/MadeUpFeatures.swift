import Tensors

@testable import Directions

extension FeatureMatrix {
  /// Standard normal features.
  static func normal(images: Int, dimension: Int, seed: UInt64) throws -> FeatureMatrix {
    var generator = SeededGenerator(seed: seed, purpose: "test features")
    return try FeatureMatrix(
      values: Tensor(shape: [images, dimension], elements: generator.normals(images * dimension)),
      layer: "made up")
  }

  /// Few different values, a third of them zero: as a rectifier leaves them, and full of ties.
  static func tied(images: Int, dimension: Int, seed: UInt64) throws -> FeatureMatrix {
    var generator = SeededGenerator(seed: seed, purpose: "test features")
    let elements = (0..<images * dimension).map { _ in Float(generator.next() % 3) }
    return try FeatureMatrix(
      values: Tensor(shape: [images, dimension], elements: elements), layer: "made up")
  }
}

/// A ranking by definition: every score, summed in Double in the order of the features, and a full sort.
func sortedRanking(of features: FeatureMatrix, along directions: DirectionSet, topCount: Int)
  -> [[RankedImage]]
{
  let matrix = directions.matrix
  return (0..<directions.count).map { row in
    let all = (0..<features.imageCount).map { image in
      let score = zip(features.values[row: image], matrix[row: row])
        .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      return RankedImage(imageIndex: image, score: Float(score))
    }
    let sorted = all.sorted {
      $0.score > $1.score || ($0.score == $1.score && $0.imageIndex < $1.imageIndex)
    }
    return Array(sorted.prefix(topCount))
  }
}
