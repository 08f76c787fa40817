import Tensors

/// Directions v through feature space, each with a name: the rows of a matrix.
///
/// An image's score along a direction is ⟨φ(x), v⟩. Scaling v by a positive factor, or shifting every φ by the
/// same vector, changes no ranking; so unit length is a convention here, not a condition.
public struct DirectionSet: Sendable {
  /// How the directions were constructed.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// Coordinate axes: ⟨φ(x), e_i⟩ is the activation of neuron i.
    case neurons
    /// Uniform on the unit sphere.
    case randomSphere
    /// Rows of a uniformly distributed rotation.
    case haar
    /// Decoder columns of a sparse autoencoder, fitted to training features.
    case sparseAutoencoder
    /// Eigenvectors of the features' covariance, in descending order of variance.
    case principalComponents
    /// Normal vectors times the inverse square root of the features' covariance.
    case whitened
    /// Rows of the unmixing matrix that makes scores as independent as possible.
    case independentComponents
    /// Parts whose non-negative combinations approximate the features.
    case nonNegativeFactors
    /// Centres of clusters of the features, each scaled to unit length.
    case clusterCentres
    /// Columns of a power of a rotation: between the axes and a random basis.
    case fractionalRotation
    /// Components ±1 with equal probability.
    case rademacher
    /// Normal weights on a few neurons, 0 on all others.
    case sparseMix
    /// Components that are absolute values of normal draws.
    case nonNegative
    /// Mean features of each class, centred.
    case classMeans
  }

  enum Storage: Sendable {
    /// Axis i is column i of the features: read without multiplication.
    case axes([Int])
    case matrix(Tensor)
  }

  public let kind: Kind
  /// Unique and in the order of the rows: `n042` is neuron 42, `r007` is random direction 7.
  public let ids: [String]
  public let dimension: Int
  let storage: Storage

  public var count: Int { ids.count }

  /// The neurons of the rows; `nil` if the rows are not coordinate axes.
  public var neuronIndices: [Int]? {
    if case .axes(let indices) = storage { indices } else { nil }
  }

  /// The directions as rows, `[count, dimension]`.
  public var matrix: Tensor {
    switch storage {
    case .matrix(let matrix): return matrix
    case .axes(let indices):
      var matrix = Tensor(shape: [indices.count, dimension])
      for (row, index) in indices.enumerated() { matrix.elements[row * dimension + index] = 1 }
      return matrix
    }
  }

  /// Directions constructed elsewhere.
  ///
  /// - Parameter matrix: `[ids.count, dimension]`, finite, of any length.
  public init(kind: Kind, ids: [String], matrix: Tensor) {
    precondition(
      matrix.shape.count == 2 && matrix.shape[0] == ids.count && matrix.shape[1] > 0,
      "\(ids.count) directions have the shape [\(ids.count), features], got \(matrix.shape)")
    precondition(Set(ids).count == ids.count, "the names of directions must differ")
    if let index = matrix.firstNonFiniteIndex {
      preconditionFailure(
        "direction \(ids[index / matrix.shape[1]]) has the component \(matrix.elements[index])")
    }
    self.kind = kind
    self.ids = ids
    dimension = matrix.shape[1]
    storage = .matrix(matrix)
  }

  private init(axes indices: [Int], dimension: Int) {
    let width = String(max(dimension - 1, 0)).count
    kind = .neurons
    ids = indices.map { "n" + padded($0, to: width) }
    self.dimension = dimension
    storage = .axes(indices)
  }

  /// The coordinate axes of the given neurons; their names are padded to the layer's width.
  public static func neurons(_ indices: [Int], dimension: Int) -> DirectionSet {
    for index in indices {
      precondition((0..<dimension).contains(index), "neuron \(index) is not in 0..<\(dimension)")
    }
    precondition(Set(indices).count == indices.count, "a neuron is named twice in \(indices)")
    return DirectionSet(axes: indices, dimension: dimension)
  }

  /// Every neuron of a layer of `dimension` units.
  public static func neurons(dimension: Int) -> DirectionSet {
    DirectionSet(axes: Array(0..<dimension), dimension: dimension)
  }

  /// Independent directions, uniform on the unit sphere.
  ///
  ///     v = g / ‖g‖₂,   g ~ N(0, I)
  ///
  /// Muller (1959). This is the experiment of Szegedy et al. (2013), section 3, who write "random vector": a Gaussian
  /// one gives the same rankings, because length does not matter. The sign matters: −v is a different direction,
  /// equally likely.
  ///
  /// Direction i has its own stream, so it does not depend on `count`.
  ///
  /// - Parameter dimension: Width of the layer.
  public static func randomSphere(count: Int, dimension: Int, seed: UInt64) -> DirectionSet {
    precondition(count >= 0, "cannot draw \(count) directions")
    return randomSphere(numbers: 0..<count, dimension: dimension, seed: seed)
  }

  /// The directions of the seed with the given numbers: each has its own stream.
  public static func randomSphere(numbers: Range<Int>, dimension: Int, seed: UInt64) -> DirectionSet {
    precondition(dimension > 0, "there are no directions in \(dimension) dimensions")
    var elements: [Float] = []
    elements.reserveCapacity(numbers.count * dimension)
    for index in numbers {
      var generator = SeededGenerator(seed: seed, purpose: "random direction", index: index)
      var draws = generator.normals(dimension)
      var length = Norm.l2(draws)
      while length == 0 {  // probability 2⁻⁵³ in one dimension: there is no direction to normalise
        draws = generator.normals(dimension)
        length = Norm.l2(draws)
      }
      elements += draws.map { Float(Double($0) / length) }
    }
    return DirectionSet(
      kind: .randomSphere, ids: numbers.map { "r" + padded($0, to: 3) },
      matrix: Tensor(shape: [numbers.count, dimension], elements: elements))
  }

  /// The directions with the given row indices, in that order.
  func chosen(_ rows: [Int]) -> DirectionSet {
    guard rows != Array(0..<count) else { return self }
    switch storage {
    case .axes(let indices): return DirectionSet(axes: rows.map { indices[$0] }, dimension: dimension)
    case .matrix(let matrix):
      return DirectionSet(kind: kind, ids: rows.map { ids[$0] }, matrix: matrix.rows(rows))
    }
  }

  /// A random sample of neurons for a contact sheet, so that none are cherry-picked.
  ///
  /// The first `count` of a random order of `candidates`, then sorted: a larger sample contains a smaller one.
  /// Its stream is not that of the random directions.
  ///
  /// - Parameter candidates: For instance the neurons that are not dead.
  public static func sampledNeurons(count: Int, among candidates: [Int], seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed, purpose: "neuron sample")
    return generator.sample(count, of: candidates.count).map { candidates[$0] }.sorted()
  }
}

/// Number in decimal, zero-padded.
func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(width - digits.count, 0)) + digits
}
