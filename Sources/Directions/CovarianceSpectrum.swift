import Tensors

/// Mean, covariance and its eigenvectors: the basis of principal components, whitening and independent components.
///
///     m = Σ φ / n,   Σ = Σ (φ − m)(φ − m)ᵀ / n = U Λ Uᵀ
///
/// Summed in Double, in an order that depends only on the number of images. Eigenvalues of at most ``smallestShare`` of
/// the largest are dropped with their vectors: along them features are constant, as for dead units, or what remains is
/// rounding.
struct CovarianceSpectrum: Sendable {
  /// Relative to the largest eigenvalue; smaller ones count as 0.
  static let smallestShare = 1e-6

  /// m.
  let mean: [Double]
  /// Trace of Σ, including what was dropped.
  let totalVariance: Double
  /// The λ kept, in descending order.
  let values: [Double]
  /// The eigenvectors kept, one after the other; column-major `[dimension, rank]`.
  let vectors: [Double]

  var dimension: Int { mean.count }
  /// Number of eigenvalues kept; 0 when all features are constant, and for no images.
  var rank: Int { values.count }

  init(of features: FeatureMatrix, workerCount: Int) {
    let dimension = features.dimension
    let imageCount = Double(max(features.imageCount, 1))
    let pieces = Workers.pieces(of: features.imageCount, length: max(1024, dimension))
    let sums = Workers.sum(count: pieces.count, length: dimension, workerCount: workerCount) {
      let piece = pieces[$0]
      return features.rows(piece).withValues { values in
        var sum = [Double](repeating: 0, count: dimension)
        for row in 0..<piece.count {
          for index in 0..<dimension { sum[index] += Double(values[row * dimension + index]) }
        }
        return sum
      }
    }
    let mean = sums.map { $0 / imageCount }
    let products = Workers.sum(count: pieces.count, length: dimension * dimension, workerCount: workerCount) {
      let piece = pieces[$0]
      let centred = features.rows(piece).withValues { values in
        [Double](unsafeUninitializedCapacity: values.count) { buffer, count in
          for row in 0..<piece.count {
            for index in row * dimension..<(row + 1) * dimension {
              buffer[index] = Double(values[index]) - mean[index - row * dimension]
            }
          }
          count = values.count
        }
      }
      features.release(piece)
      return LinearAlgebra.rowProducts(of: centred, rows: dimension)
    }
    let covariance = products.map { $0 / imageCount }
    let (values, vectors) = LinearAlgebra.symmetricEigen(of: covariance, order: dimension)
    let rank = values.prefix { $0 > Self.smallestShare * values[0] }.count
    self.mean = mean
    totalVariance = (0..<dimension).reduce(0) { $0 + covariance[$1 * (dimension + 1)] }
    self.values = Array(values.prefix(rank))
    self.vectors = Array(vectors.prefix(rank * dimension))
  }
}
