import Tensors

/// The directions along which features vary most.
///
///     Σ = U Λ Uᵀ,   v_i = column i of U,   λ₀ ≥ λ₁ ≥ …
///
/// Pearson (1901). With Σ the covariance of the features it is fitted to; a score ⟨φ, v_i⟩ then has variance λ_i, and
/// any two are uncorrelated. The sign of an eigenvector is arbitrary: each is oriented so that its scores on these
/// features have positive skewness. The opposite direction, −v_i, is equally valid.
///
/// For equal eigenvalues the vectors are any orthonormal basis of their eigenspace.
public struct PrincipalComponents: Sendable {
  /// `p000` has the largest variance; orthonormal.
  public let directions: DirectionSet
  /// λ_i / trace Σ of each direction, descending; they sum to 1 if nothing was left out.
  public let explainedVariance: [Double]

  /// - Parameters:
  ///   - features: Features of training images, so that rankings of other images are not fitted to them.
  ///   - count: Maximum number. Components with an eigenvalue of at most 10⁻⁶ of the largest are dropped, so there may
  ///     be fewer, and none for constant features.
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
