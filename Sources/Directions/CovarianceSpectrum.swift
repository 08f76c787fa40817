import Tensors

/// Mean, covariance and its eigenvectors: what principal components, whitening and independent components begin with.
///
///     m = Σ φ / n,   Σ = Σ (φ − m)(φ − m)ᵀ / n = U Λ Uᵀ
///
/// Added up in Double, in an order that the number of images alone decides. Eigenvalues of at most
/// ``smallestShare`` of the largest are dropped with their vectors: along them features are constant, dead units
/// for instance, or what is left of them is rounding.
struct CovarianceSpectrum: Sendable {
  /// Of the largest eigenvalue; what is not above it counts as 0.
  static let smallestShare = 1e-6

  /// m.
  let mean: [Double]
  /// Trace of Σ, what was dropped included.
  let totalVariance: Double
  /// λ in descending order, of those kept.
  let values: [Double]
  /// The eigenvectors of those kept, one after the other; column-major `[dimension, rank]`.
  let vectors: [Double]

  var dimension: Int { mean.count }
  /// Eigenvalues kept; 0 when all features are constant, and for no images.
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
