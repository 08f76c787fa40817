import Directions

/// Directions that are learned from training images, or made from their labels.
extension DirectionFamily {
  /// From the mean of all classes to the mean of each.
  public static let classMeans = DirectionFamily(
    "class-means", words: "class means", singular: "class mean", letter: "y", .learned, hasAnyNumber: false,
    origin: { _ in "one for each class" },
    recipe: { _, _ in "d from the mean of all classes to that of each" }
  ) {
    let material = try $0.material()
    return .classMeans(of: material.features, labels: material.labels)
  }

  public static let principalComponents = DirectionFamily(
    "pca", words: "principal components", singular: "principal component", letter: "p", .learned,
    hasAnyNumber: false, hasArbitrarySign: true, origin: { _ in "largest variance first" },
    recipe: { _, _ in "eigenvectors of the covariance of φ, their sign by positive skewness" }
  ) {
    PrincipalComponents(
      of: try $0.material().features, count: $0.basisCount, workerCount: $0.workerCount
    ).directions
  }

  public static let independentComponents = DirectionFamily(
    "ica", words: "independent components", singular: "independent component", letter: "c", .learned,
    hasAnyNumber: false, hasArbitrarySign: true, origin: { "learned, seed \($0)" },
    recipe: { "FastICA, log cosh, their sign by positive skewness, seed \($1)" }
  ) { request in
    let components = IndependentComponents(
      of: try request.material().features, count: request.basisCount, seed: request.seed,
      workerCount: request.workerCount)
    if !components.hasConverged {
      try request.progress(
        .warning(
          "\(request.family.words): not converged after \(components.iterationCount) iterations; used as they are"
        ))
    }
    return components.directions
  }

  public static let nonNegativeFactors = DirectionFamily(
    "nmf", words: "non-negative factors", singular: "non-negative factor", letter: "f", .learned,
    hasAnyNumber: false, origin: { "learned, seed \($0)" },
    recipe: { "rows of H where φ ≈ W H without negative entries, seed \($1)" }
  ) { request in
    do {
      return try NonNegativeFactors(
        of: request.material().features, count: request.basisCount, seed: request.seed,
        workerCount: request.workerCount
      ).directions
    } catch let error as NegativeFeature {
      throw DirectionFamilyError(family: request.family, reason: "\(error)")
    }
  }

  public static let clusterCentres = DirectionFamily(
    "kmeans", words: "k-means centres", singular: "k-means centre", letter: "k", .learned,
    hasAnyNumber: true, origin: { "learned, seed \($0)" },
    recipe: { "means of clusters of φ scaled to length 1, seed \($1)" }
  ) {
    let features = try $0.material().features
    return ClusterCentres(
      of: features, count: min($0.count, features.imageCount), seed: $0.seed, workerCount: $0.workerCount
    ).directions
  }

  public static let sparseAutoencoder = DirectionFamily(
    "sae", words: "autoencoder latents", singular: "autoencoder latent", letter: "s", .learned,
    hasAnyNumber: true, origin: { "learned, seed \($0)" },
    recipe: { "decoder columns of a sparse autoencoder (Top-K), seed \($1)" }
  ) { request in
    let progress = request.progress
    guard request.dimension > 1 else {
      throw DirectionFamilyError(family: request.family, reason: "one unit has no overcomplete basis")
    }
    do {
      return try SparseAutoencoder.fit(
        request.material().features.values,
        SparseAutoencoder.Configuration(
          latentCount: max(request.count, 4 * request.dimension), activeCount: min(16, request.dimension),
          seed: request.seed),
        workerCount: request.workerCount
      ) { step in
        try progress(
          .step(
            done: (step.epoch - 1) * step.exampleCount + step.examplesDone,
            total: step.epochCount * step.exampleCount, unit: "examples"))
      }.directions
    } catch let error as SparseAutoencoderError {
      throw DirectionFamilyError(family: request.family, reason: "\(error)")
    }
  }
}
