import Tensors

/// The directions along which features vary most.
///
///     Σ = U Λ Uᵀ,   v_i = column i of U,   λ₀ ≥ λ₁ ≥ …
///
/// Pearson (1901). With Σ the covariance of the features it is fitted to; a score ⟨φ, v_i⟩ then has the variance
/// λ_i, and any two are uncorrelated. Eigenvectors have no sign of their own: each is turned so that its scores on
/// these features have positive skewness. Its other pole is as good a direction, −v_i.
///
/// Where eigenvalues coincide the vectors are any orthonormal basis of their space.
public struct PrincipalComponents: Sendable {
  /// `p000` has the largest variance; orthonormal.
  public let directions: DirectionSet
  /// λ_i / trace Σ of each direction, descending; they add up to 1 when nothing was left out.
  public let explainedVariance: [Double]

  /// - Parameters:
  ///   - features: Those of training images, so that rankings of other images are not fitted to them.
  ///   - count: How many at most. Components with an eigenvalue of at most 10⁻⁶ of the largest are dropped, so
  ///     there may be fewer, and of constant features there are none.
  ///   - workerCount: Changes the time only.
  public init(of features: FeatureMatrix, count: Int, workerCount: Int = Workers.defaultCount) {
    precondition(count >= 0, "there are no \(count) components")
    let spectrum = CovarianceSpectrum(of: features, workerCount: workerCount)
    let count = min(count, spectrum.rank)
    let vectors = Tensor(
      shape: [count, features.dimension],
      elements: spectrum.vectors.prefix(count * features.dimension).map(Float.init))
    directions = DirectionSet(
      kind: .principalComponents, ids: (0..<count).map { "p" + padded($0, to: 3) },
      matrix: features.turnedToPositiveSkewness(vectors, mean: spectrum.mean, workerCount: workerCount))
    explainedVariance = spectrum.values.prefix(count).map { $0 / spectrum.totalVariance }
  }
}
