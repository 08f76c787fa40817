extension DirectionFamily {
  /// For a line, an axis or a caption, in the plural.
  public var words: String {
    switch self {
    case .neurons: "neurons"
    case .sphere: "random directions"
    case .haar: "axes of a random rotation"
    case .rademacher: "random signs"
    case .pairs: "mixtures of two neurons"
    case .cosine: "random, by cosine"
    case .whitened: "random, whitened"
    case .nonNegative: "non-negative directions"
    case .classMeans: "class means"
    case .principalComponents: "principal components"
    case .independentComponents: "independent components"
    case .nonNegativeFactors: "non-negative factors"
    case .clusterCentres: "k-means centres"
    case .sparseAutoencoder: "autoencoder latents"
    }
  }

  /// For one direction.
  public var singular: String {
    switch self {
    case .neurons: "neuron"
    case .sphere: "random direction"
    case .haar: "axis of a random rotation"
    case .rademacher: "direction of random signs"
    case .pairs: "mixture of two neurons"
    case .cosine: "random direction, by cosine"
    case .whitened: "random direction, whitened"
    case .nonNegative: "non-negative direction"
    case .classMeans: "class mean"
    case .principalComponents: "principal component"
    case .independentComponents: "independent component"
    case .nonNegativeFactors: "non-negative factor"
    case .clusterCentres: "k-means centre"
    case .sparseAutoencoder: "autoencoder latent"
    }
  }

  /// As ``words``, for the head of a block.
  package var title: String { words.prefix(1).uppercased() + words.dropFirst() }

  /// First letter of the ids: `r` of `r007`.
  public var letter: Character {
    switch self {
    case .neurons: "n"
    case .sphere, .cosine: "r"
    case .haar: "h"
    case .rademacher: "b"
    case .pairs: "m"
    case .whitened: "w"
    case .nonNegative: "a"
    case .classMeans: "y"
    case .principalComponents: "p"
    case .independentComponents: "c"
    case .nonNegativeFactors: "f"
    case .clusterCentres: "k"
    case .sparseAutoencoder: "s"
    }
  }

  /// What ranks the images.
  package var score: String { self == .cosine ? "⟨φ(x) / ‖φ(x)‖, v⟩" : "⟨φ(x), v⟩" }

  /// Where the directions of a sheet come from, after a comma.
  package func origin(seed: UInt64) -> String {
    switch self {
    case .neurons: "the coordinate axes"
    case .sphere, .cosine: "uniform on the unit sphere, seed \(seed)"
    case .haar: "of one rotation, seed \(seed)"
    case .rademacher: "weights ±1, seed \(seed)"
    case .pairs: "two neurons each, Gaussian weights, seed \(seed)"
    case .whitened: "uniform after whitening, seed \(seed)"
    case .nonNegative: "weights never below 0, seed \(seed)"
    case .classMeans: "one for each class"
    case .principalComponents: "largest variance first"
    case .independentComponents, .nonNegativeFactors, .clusterCentres, .sparseAutoencoder:
      "learned, seed \(seed)"
    }
  }

  /// The recipe in one clause, for a foot line.
  package func recipe(dimension: Int, seed: UInt64) -> String {
    let fit = isFitted ? ", from features of \(Material.imageLimit) training images at most" : ""
    let made =
      switch self {
      case .neurons: "d = eᵢ"
      case .sphere: "d = v = g / ‖g‖, g ~ N(0, I) in \(dimension) dimensions, seed \(seed)"
      case .cosine:
        "d = v = g / ‖g‖, g ~ N(0, I) in \(dimension) dimensions, seed \(seed); every φ(x) scaled to length 1"
      case .haar: "columns of Q, uniform among the rotations of \(dimension) dimensions (Haar), seed \(seed)"
      case .rademacher: "d = s / √\(dimension), s of random signs, seed \(seed)"
      case .pairs: "Gaussian weights on two neurons drawn at random, seed \(seed)"
      case .whitened: "d = Σ^−½ g, g ~ N(0, I), Σ the covariance of φ, seed \(seed)"
      case .nonNegative: "d = |g| / ‖g‖, g ~ N(0, I); all point nearly the same way, seed \(seed)"
      case .classMeans: "d from the mean of all classes to that of each"
      case .principalComponents: "eigenvectors of the covariance of φ, their sign by positive skewness"
      case .independentComponents: "FastICA, log cosh, their sign by positive skewness, seed \(seed)"
      case .nonNegativeFactors: "rows of H where φ ≈ W H without negative entries, seed \(seed)"
      case .clusterCentres: "means of clusters of φ scaled to length 1, seed \(seed)"
      case .sparseAutoencoder: "decoder columns of a sparse autoencoder (Top-K), seed \(seed)"
      }
    return made + fit
  }
}
