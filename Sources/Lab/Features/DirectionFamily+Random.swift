import Directions

/// The neurons, and directions drawn at random.
extension DirectionFamily {
  /// The coordinate axes.
  public static let neurons = DirectionFamily(
    "neurons", words: "neurons", singular: "neuron", letter: "n", .axes, hasAnyNumber: false,
    origin: { _ in "the coordinate axes" }, recipe: { _, _ in "d = eᵢ" }
  ) { .neurons(dimension: $0.dimension) }

  /// Uniform on the unit sphere, independent.
  public static let sphere = DirectionFamily(
    "sphere", words: "random directions", singular: "random direction", letter: "r", .random,
    hasAnyNumber: true, origin: { "uniform on the unit sphere, seed \($0)" },
    recipe: { "d = v = g / ‖g‖, g ~ N(0, I) in \($0) dimensions, seed \($1)" }
  ) { .randomSphere(count: $0.count, dimension: $0.dimension, seed: $0.seed) }

  /// A random rotation of the axes: as many orthonormal directions as the layer has units.
  public static let haar = DirectionFamily(
    "haar", words: "axes of a random rotation", singular: "axis of a random rotation", letter: "h", .random,
    hasAnyNumber: false, origin: { "axes of one rotation, seed \($0)" },
    recipe: { "columns of Q, uniform among the rotations of \($0) dimensions (Haar), seed \($1)" }
  ) { .haar(count: $0.basisCount, dimension: $0.dimension, seed: $0.seed, index: 0) }

  /// Weights ±1.
  public static let rademacher = DirectionFamily(
    "rademacher", words: "random signs", singular: "direction of random signs", letter: "b", .random,
    hasAnyNumber: true, origin: { "weights ±1, seed \($0)" },
    recipe: { "d = s / √\($0), s of random signs, seed \($1)" }
  ) { .rademacher(count: $0.count, dimension: $0.dimension, seed: $0.seed) }

  /// Mixtures of two neurons.
  public static let pairs = DirectionFamily(
    "pairs", words: "mixtures of two neurons", singular: "mixture of two neurons", letter: "m", .random,
    hasAnyNumber: true, origin: { "two neurons each, Gaussian weights, seed \($0)" },
    recipe: { "Gaussian weights on two neurons drawn at random, seed \($1)" }
  ) { .sparseMix(of: 2, count: $0.count, dimension: $0.dimension, seed: $0.seed) }

  /// Uniform on the sphere, and images ranked by ⟨φ(x) / ‖φ(x)‖, v⟩.
  public static let cosine = DirectionFamily(
    "cosine", words: "random, by cosine", singular: "random direction, by cosine", letter: "r", .random,
    hasAnyNumber: true, ranksUnitLength: true, origin: { "uniform on the unit sphere, seed \($0)" },
    recipe: {
      "d = v = g / ‖g‖, g ~ N(0, I) in \($0) dimensions, seed \($1); every φ(x) scaled to length 1"
    }
  ) { .randomSphere(count: $0.count, dimension: $0.dimension, seed: $0.seed) }

  /// Random in the space in which all principal components have unit variance.
  public static let whitened = DirectionFamily(
    "whitened", words: "random, whitened", singular: "random direction, whitened", letter: "w",
    .randomFitted, hasAnyNumber: true, origin: { "uniform after whitening, seed \($0)" },
    recipe: { "d = Σ^−½ g, g ~ N(0, I), Σ the covariance of φ, seed \($1)" }
  ) {
    Whitening(of: try $0.material().features, workerCount: $0.workerCount)
      .randomDirections(count: $0.count, seed: $0.seed)
  }

  /// Weights that are never negative, to show why they are no null distribution.
  public static let nonNegative = DirectionFamily(
    "non-negative", words: "non-negative directions", singular: "non-negative direction", letter: "a",
    .random, hasAnyNumber: true, origin: { "weights never below 0, seed \($0)" },
    recipe: { "d = |g| / ‖g‖, g ~ N(0, I); all point nearly the same way, seed \($1)" }
  ) { .nonNegative(count: $0.count, dimension: $0.dimension, seed: $0.seed) }
}
