import Tensors

/// The other direction of a set with the most similar scores.
///
///     cos(i, j) = v_iᵀ Σ v_j / √( v_iᵀ Σ v_i · v_jᵀ Σ v_j ),   Σ the covariance of the features
///
/// the cosine of the two directions' centred scores, that is their correlation over the images. Duplicates count the
/// same finding twice. |cos| lies in [0, 1]; the nearest of D unrelated directions is above 0 by chance, and far above
/// if the features have few dimensions.
public struct DirectionRedundancy: Equatable, Codable, Sendable {
  /// Two directions are duplicates if |cos| exceeds this.
  public static let threshold = 0.999

  public let directionID: String
  /// The other direction with the largest |cos|, the first in a tie; `nil` if none varies.
  public let nearestID: String?
  /// cos with ``nearestID``, signed.
  public let nearestCosine: Double?
  /// All other directions with |cos| > 0.999, in their order. Empty for a constant direction.
  public let duplicateIDs: [String]

  /// - Parameter workerCount: Changes the time only.
  /// - Returns: One per direction, in their order.
  public static func table(
    of features: FeatureMatrix, along directions: DirectionSet, workerCount: Int = Workers.defaultCount
  ) -> [DirectionRedundancy] {
    precondition(
      features.dimension == directions.dimension,
      "features of dimension \(features.dimension) have no scores along directions of \(directions.dimension)"
    )
    let dimension = features.dimension
    let covariance = covariance(of: features.values, workerCount: workerCount)
    let vectors = directions.matrix.elements.map(Double.init)
    // A variance that rounding of the features alone could produce counts as zero: 2⁻²⁴ squared is below 10⁻¹⁴.
    let total = (0..<dimension).reduce(0) { $0 + covariance[$1 * dimension + $1] }
    let products = Workers.map(count: directions.count, workerCount: workerCount) { row in
      var product = [Double](repeating: 0, count: dimension)
      for index in 0..<dimension where vectors[row * dimension + index] != 0 {
        let component = vectors[row * dimension + index]
        for place in 0..<dimension { product[place] += component * covariance[index * dimension + place] }
      }
      return product
    }
    let deviations = (0..<directions.count).map { row -> Double? in
      let vector = vectors[row * dimension..<(row + 1) * dimension]
      let variance = zip(products[row], vector).reduce(0) { $0 + $1.0 * $1.1 }
      let length = vector.reduce(0) { $0 + $1 * $1 }
      return variance > 1e-12 * total * length ? variance.squareRoot() : nil
    }
    return Workers.map(count: directions.count, workerCount: workerCount) { row in
      var nearest: (row: Int, cosine: Double)?
      var duplicates: [String] = []
      guard let deviation = deviations[row] else {
        return Self(
          directionID: directions.ids[row], nearestID: nil, nearestCosine: nil, duplicateIDs: [])
      }
      for other in 0..<directions.count where other != row {
        guard let otherDeviation = deviations[other] else { continue }
        let vector = vectors[other * dimension..<(other + 1) * dimension]
        let cosine = zip(products[row], vector).reduce(0) { $0 + $1.0 * $1.1 } / (deviation * otherDeviation)
        if abs(cosine) > nearest.map({ abs($0.cosine) }) ?? -1 { nearest = (other, cosine) }
        if abs(cosine) > threshold { duplicates.append(directions.ids[other]) }
      }
      return Self(
        directionID: directions.ids[row], nearestID: nearest.map { directions.ids[$0.row] },
        nearestCosine: nearest.map { min(max($0.cosine, -1), 1) }, duplicateIDs: duplicates)
    }
  }

  /// N − 1 times the covariance, `[dimension, dimension]`: each sum over the images in order.
  private static func covariance(of values: Tensor, workerCount: Int) -> [Double] {
    let dimension = values.shape[1]
    var mean = [Double](repeating: 0, count: dimension)
    for image in 0..<values.count {
      for (index, value) in values[row: image].enumerated() { mean[index] += Double(value) }
    }
    let centre = mean.map { $0 / Double(max(values.count, 1)) }
    let blocks = Workers.pieces(of: dimension, length: 8)
    let rows = Workers.map(count: blocks.count, workerCount: workerCount) { block in
      let chosen = blocks[block]
      var sums = [Double](repeating: 0, count: chosen.count * dimension)
      var centred = [Double](repeating: 0, count: dimension)
      values.elements.withUnsafeBufferPointer { elements in
        sums.withUnsafeMutableBufferPointer { sums in
          centred.withUnsafeMutableBufferPointer { centred in
            for image in 0..<values.count {
              let feature = elements.baseAddress! + image * dimension
              for index in 0..<dimension { centred[index] = Double(feature[index]) - centre[index] }
              for (row, index) in chosen.enumerated() where centred[index] != 0 {
                let factor = centred[index]
                let sum = sums.baseAddress! + row * dimension
                for place in 0..<dimension { sum[place] += factor * centred[place] }
              }
            }
          }
        }
      }
      return sums
    }
    return Array(rows.joined())
  }
}
