import Tensors

/// Random directions that favour no feature for its large variance.
///
///     v = Σ^(−1/2) g / ‖Σ^(−1/2) g‖₂,   g ~ N(0, I),   Σ^(−1/2) = U Λ^(−1/2) Uᵀ
///
/// ⟨φ, v⟩ is, up to scale, a uniformly random direction through whitened features. Along directions of
/// ``DirectionSet/randomSphere(count:dimension:seed:)`` the few components of large variance dominate instead.
public struct Whitening: Sendable {
  private let spectrum: CovarianceSpectrum

  /// - Parameters:
  ///   - features: Features of training images. Components with an eigenvalue of at most 10⁻⁶ of the largest are
  ///     dropped: v has no part in them.
  ///   - workerCount: Changes the time only.
  public init(of features: FeatureMatrix, workerCount: Int = Workers.defaultCount) {
    spectrum = CovarianceSpectrum(of: features, workerCount: workerCount)
  }

  /// Number of components kept; 0 when all features are constant.
  public var rank: Int { spectrum.rank }

  /// Independent directions `w000`, `w001` …, of unit length.
  ///
  /// Direction i has its own stream, so it does not depend on `count`.
  ///
  /// - Returns: `count` directions; none when ``rank`` is 0, as there is nothing to whiten.
  public func randomDirections(count: Int, seed: UInt64) -> DirectionSet {
    precondition(count >= 0, "cannot draw \(count) directions")
    let (dimension, rank) = (spectrum.dimension, spectrum.rank)
    let count = rank > 0 ? count : 0
    var elements: [Float] = []
    elements.reserveCapacity(count * dimension)
    for index in 0..<count {
      var generator = SeededGenerator(seed: seed, purpose: "whitened direction", index: index)
      let normals = generator.normals(dimension)
      var direction = [Double](repeating: 0, count: dimension)
      for component in 0..<rank {
        let vector = spectrum.vectors[component * dimension..<(component + 1) * dimension]
        let product = zip(vector, normals).reduce(0) { $0 + $1.0 * Double($1.1) }
        let weight = product / spectrum.values[component].squareRoot()
        for (place, value) in zip(direction.indices, vector) { direction[place] += weight * value }
      }
      elements += unitLength(direction)
    }
    return DirectionSet(
      kind: .whitened, ids: (0..<count).map { "w" + padded($0, to: 3) },
      matrix: Tensor(shape: [count, dimension], elements: elements))
  }
}

/// v / ‖v‖₂, rounded to Float.
///
/// - Parameter vector: v, finite and not 0.
func unitLength(_ vector: some Collection<Double>) -> [Float] {
  let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
  precondition(length > 0, "a vector of length 0 has no direction")
  return vector.map { Float($0 / length) }
}
