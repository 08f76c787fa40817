import Tensors

extension FeatureMatrix {
  /// φ(x) − m of some rows, subtracted in Double and rounded to Float, `[rows, dimension]`.
  func centredRows(_ range: Range<Int>, mean: [Double]) -> Tensor {
    let dimension = dimension
    let elements = rows(range).withValues { values in
      [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
        for row in 0..<range.count {
          for index in 0..<dimension {
            buffer[row * dimension + index] = Float(Double(values[row * dimension + index]) - mean[index])
          }
        }
        count = values.count
      }
    }
    return Tensor(shape: [range.count, dimension], elements: elements)
  }

  /// Directions of arbitrary sign, oriented so that their scores have positive skewness.
  ///
  ///     Σ ⟨φ − m, v⟩³ ≥ 0
  ///
  /// The top images are then those of the pole with the longer tail: few images are in it, like those that a detector
  /// responds to. If scores have no skewness the sign is kept.
  ///
  /// - Parameters:
  ///   - directions: In rows, `[count, dimension]`.
  ///   - mean: m of these features.
  func turnedToPositiveSkewness(_ directions: Tensor, mean: [Double], workerCount: Int) -> Tensor {
    let count = directions.count
    let pieces = Workers.pieces(of: imageCount, length: 1024)
    let cubes = Workers.sum(count: pieces.count, length: count, workerCount: workerCount) {
      let piece = pieces[$0]
      let scores = centredRows(piece, mean: mean).product(withTransposed: directions)
      var sums = [Double](repeating: 0, count: count)
      for row in 0..<piece.count {
        for (index, score) in scores[row: row].enumerated() {
          sums[index] += Double(score) * Double(score) * Double(score)
        }
      }
      return sums
    }
    var turned = directions
    for (row, cube) in cubes.enumerated() where cube < 0 {
      for index in row * dimension..<(row + 1) * dimension {
        turned.elements[index] = 0 - turned.elements[index]
      }
    }
    return turned
  }
}
