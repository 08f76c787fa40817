import Foundation
import Tensors

/// The directions along which linear scores are as independent of each other as possible.
///
///     z = Λ^(−1/2) Uᵀ (φ − m),   y = W z,   W ← E[g(y) zᵀ] − diag(E[g′(y)]) W,   W ← (W Wᵀ)^(−1/2) W
///
/// with g = tanh, the derivative of the contrast log cosh: FastICA with symmetric decorrelation. Hyvärinen (1999),
/// "Fast and robust fixed-point algorithms for independent component analysis", IEEE Transactions on Neural Networks
/// 10. z are the scores along the `count` largest principal components, each scaled to variance 1.
///
/// Direction i is the row of the unmixing matrix in feature space, v_i = U Λ^(−1/2) w_i scaled to unit length: so ⟨φ,
/// v_i⟩ is the score of component i, up to scale. It is not the pattern that component i adds to the features, which
/// would be a column of the mixing matrix. Each is oriented so that its scores on these features have positive
/// skewness. The order of the components is arbitrary.
///
/// The iteration may settle at a suboptimal fixed point (Tichavský, Koldovský, Oja 2006), so components are worth
/// showing only if other seeds find them too.
public struct IndependentComponents: Sendable {
  static let iterationLimit = 200
  /// Tolerance of 1 − |cos| between a row of W before and after an iteration.
  static let tolerance = 1e-4

  /// `c000`, `c001` …; of unit length, not orthogonal.
  public let directions: DirectionSet
  /// Whether every row of W converged within ``iterationCount`` iterations. Normal scores never do: no direction among
  /// them is better than another, and the directions are then one choice among many.
  public let hasConverged: Bool
  public let iterationCount: Int

  /// - Parameters:
  ///   - features: Features of training images.
  ///   - count: Maximum number; fewer if the covariance has fewer eigenvalues above 10⁻⁶ of the largest.
  ///   - seed: Seeds the initial W, a random rotation.
  ///   - workerCount: Changes the time only.
  public init(of features: FeatureMatrix, count: Int, seed: UInt64, workerCount: Int = Workers.defaultCount) {
    precondition(count >= 0, "there are no \(count) components")
    let spectrum = CovarianceSpectrum(of: features, workerCount: workerCount)
    let (dimension, count) = (features.dimension, min(count, spectrum.rank))
    // Λ^(−1/2) Uᵀ, row by row.
    let whitener = (0..<count * dimension).map {
      spectrum.vectors[$0] / spectrum.values[$0 / dimension].squareRoot()
    }
    let whitened = Self.scores(
      of: features, mean: spectrum.mean,
      along: Tensor(shape: [count, dimension], elements: whitener.map(Float.init)), workerCount: workerCount)
    var unmixing = Self.firstUnmixing(count: count, seed: seed)
    var hasConverged = count == 0
    var iterationCount = 0
    while !hasConverged, iterationCount < Self.iterationLimit {
      let next = Self.decorrelated(
        Self.step(unmixing, on: whitened, imageCount: features.imageCount, workerCount: workerCount),
        count: count)
      hasConverged = (0..<count).allSatisfy { row in
        let cosine = (row * count..<(row + 1) * count).reduce(0) { $0 + unmixing[$1] * next[$1] }
        return 1 - abs(cosine) < Self.tolerance
      }
      unmixing = next
      iterationCount += 1
    }
    self.hasConverged = hasConverged
    self.iterationCount = iterationCount
    let rows =
      count > 0
      ? LinearAlgebra.product(whitener, unmixing, rows: dimension, inner: count, columns: count) : []
    let units = Workers.pieces(of: rows.count, length: dimension).flatMap { unitLength(rows[$0]) }
    directions = DirectionSet(
      kind: .independentComponents, ids: (0..<count).map { "c" + padded($0, to: 3) },
      matrix: features.turnedToPositiveSkewness(
        Tensor(shape: [count, dimension], elements: units), mean: spectrum.mean, workerCount: workerCount))
  }

  /// z of all images, in pieces of `[images, count]`.
  private static func scores(
    of features: FeatureMatrix, mean: [Double], along whitener: Tensor, workerCount: Int
  ) -> [Tensor] {
    let pieces = Workers.pieces(of: features.imageCount, length: 1024)
    return Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      let scores = features.centredRows(pieces[piece], mean: mean).product(withTransposed: whitener)
      features.release(pieces[piece])
      return scores
    }
  }

  /// A random rotation. W is row-major here, so that LAPACK, which is column-major, sees Wᵀ.
  private static func firstUnmixing(count: Int, seed: UInt64) -> [Double] {
    guard count > 0 else { return [] }
    var generator = SeededGenerator(seed: seed, purpose: "independent components")
    return decorrelated(generator.normals(count * count).map(Double.init), count: count)
  }

  /// E[g(y) zᵀ] − diag(E[g′(y)]) W.
  private static func step(_ unmixing: [Double], on whitened: [Tensor], imageCount: Int, workerCount: Int)
    -> [Double]
  {
    let count = whitened[0].rowLength
    let rows = Tensor(shape: [count, count], elements: unmixing.map(Float.init))
    // The products, then the slopes: one vector, so that one pass sums both.
    let sums = Workers.sum(count: whitened.count, length: count * (count + 1), workerCount: workerCount) {
      var components = whitened[$0].product(withTransposed: rows)
      var slopes = [Double](repeating: 0, count: count)
      components.elements.withUnsafeMutableBufferPointer { values in
        for row in 0..<values.count / count {
          for index in 0..<count {
            let value = tanh(values[row * count + index])
            values[row * count + index] = value
            slopes[index] += Double(1 - value * value)
          }
        }
      }
      return components.transposedProduct(with: whitened[$0]).elements.map(Double.init) + slopes
    }
    return (0..<count * count).map { place in
      (sums[place] - sums[count * count + place / count] * unmixing[place]) / Double(imageCount)
    }
  }

  /// (W Wᵀ)^(−1/2) W: the orthogonal matrix nearest to W.
  private static func decorrelated(_ matrix: [Double], count: Int) -> [Double] {
    // The nearest orthogonal matrix of the transpose is its transpose: rows and columns may be swapped.
    let (values, vectors) = LinearAlgebra.symmetricEigen(
      of: LinearAlgebra.rowProducts(of: matrix, rows: count), order: count)
    let scaled = vectors.enumerated().map { place, element in
      element / max(values[place / count], .leastNormalMagnitude).squareRoot().squareRoot()
    }
    return LinearAlgebra.product(
      LinearAlgebra.rowProducts(of: scaled, rows: count), matrix, rows: count, inner: count, columns: count)
  }
}
