import Datasets
import Directions
import Networks
import Tensors

/// A recipe for directions through a layer: its neurons, or others drawn at random, made from labels, or learned.
///
/// Learned ones are fitted to the features of training images and judged on held-out ones.
public enum DirectionFamily: String, Codable, CaseIterable, Sendable {
  /// The coordinate axes.
  case neurons
  /// Uniform on the unit sphere, independent.
  case sphere
  /// A random rotation of the axes: as many orthonormal directions as the layer has units.
  case haar
  /// Weights ±1.
  case rademacher
  /// Mixtures of two neurons.
  case pairs
  /// Uniform on the sphere, and images ranked by ⟨φ(x) / ‖φ(x)‖, v⟩.
  case cosine
  /// Random in the space in which all principal components weigh the same.
  case whitened
  /// Weights that are never negative, to show why they are no null distribution.
  case nonNegative = "non-negative"
  /// From the mean of all classes to the mean of each.
  case classMeans = "class-means"
  case principalComponents = "pca"
  case independentComponents = "ica"
  case nonNegativeFactors = "nmf"
  case clusterCentres = "kmeans"
  case sparseAutoencoder = "sae"

  /// What neurons are put beside.
  public static let others = allCases.filter { $0 != .neurons }

  /// All but the neurons and their null distribution, which a comparison draws many of.
  public static let compared = others.filter { $0 != .haar }

  /// Needs features of training images.
  public var isFitted: Bool {
    switch self {
    case .neurons, .sphere, .haar, .rademacher, .pairs, .cosine, .nonNegative: false
    case .whitened, .classMeans, .principalComponents, .independentComponents, .nonNegativeFactors,
      .clusterCentres, .sparseAutoencoder:
      true
    }
  }

  /// Independent of one another, so that there are as many as are asked for; others have as many as the layer has
  /// units, or as there are classes.
  package var hasAnyNumber: Bool {
    switch self {
    case .sphere, .rademacher, .pairs, .cosine, .whitened, .nonNegative, .clusterCentres, .sparseAutoencoder:
      true
    case .neurons, .haar, .classMeans, .principalComponents, .independentComponents, .nonNegativeFactors:
      false
    }
  }

  /// Learned or made from labels, in distinction to drawn at random.
  public var isLearned: Bool { isFitted && self != .whitened }

  /// Which end of a direction is called the upper one is a convention; the other end is worth a look.
  public var hasArbitrarySign: Bool { self == .principalComponents || self == .independentComponents }

  /// Training features and labels, that directions may be fitted to.
  package struct Material {
    package let features: FeatureMatrix
    package let labels: ClassLabels

    package init(features: FeatureMatrix, labels: ClassLabels) {
      (self.features, self.labels) = (features, labels)
    }

    /// Training images that are drawn, at most.
    package static let imageLimit = 10_000
  }

  /// Directions through a layer of `dimension` units.
  ///
  /// - Parameters:
  ///   - count: As many, where the family has them: a basis has `dimension` at most, classes have one each, and an
  ///     autoencoder four times `dimension` or more, less those of its latents that are dead.
  ///   - material: Called where the family ``isFitted``.
  /// - Throws: ``DirectionFamilyError`` where the family cannot be had of these features, and what `material` and
  ///   `progress` throw.
  package func directions(
    count: Int, dimension: Int, seed: UInt64, workerCount: Int, fittedTo material: () throws -> Material,
    progress: @escaping ProgressHandler
  ) throws -> DirectionSet {
    let basisCount = min(count, dimension)
    switch self {
    case .neurons: return .neurons(dimension: dimension)
    case .sphere, .cosine: return .randomSphere(count: count, dimension: dimension, seed: seed)
    case .haar: return .haar(count: basisCount, dimension: dimension, seed: seed, index: 0)
    case .rademacher: return .rademacher(count: count, dimension: dimension, seed: seed)
    case .pairs: return .sparseMix(of: 2, count: count, dimension: dimension, seed: seed)
    case .nonNegative: return .nonNegative(count: count, dimension: dimension, seed: seed)
    case .whitened:
      return Whitening(of: try material().features, workerCount: workerCount)
        .randomDirections(count: count, seed: seed)
    case .classMeans:
      let material = try material()
      return .classMeans(of: material.features, labels: material.labels)
    case .principalComponents:
      return PrincipalComponents(of: try material().features, count: basisCount, workerCount: workerCount)
        .directions
    case .independentComponents:
      let components = IndependentComponents(
        of: try material().features, count: basisCount, seed: seed, workerCount: workerCount)
      if !components.hasConverged {
        try progress(
          .warning("\(words): still moving after \(components.iterationCount) iterations; taken as they were")
        )
      }
      return components.directions
    case .nonNegativeFactors:
      do {
        return try NonNegativeFactors(
          of: material().features, count: basisCount, seed: seed, workerCount: workerCount
        ).directions
      } catch let error as NegativeFeature {
        throw DirectionFamilyError(family: self, reason: "\(error)")
      }
    case .clusterCentres:
      let features = try material().features
      return ClusterCentres(
        of: features, count: min(count, features.imageCount), seed: seed, workerCount: workerCount
      ).directions
    case .sparseAutoencoder:
      return try sparseAutoencoder(
        of: material().features, count: count, dimension: dimension, seed: seed, workerCount: workerCount,
        progress)
    }
  }

  private func sparseAutoencoder(
    of features: FeatureMatrix, count: Int, dimension: Int, seed: UInt64, workerCount: Int,
    _ progress: @escaping ProgressHandler
  ) throws -> DirectionSet {
    guard dimension > 1 else {
      throw DirectionFamilyError(family: self, reason: "one unit has no overcomplete basis")
    }
    do {
      return try SparseAutoencoder.fit(
        features.values,
        SparseAutoencoder.Configuration(
          latentCount: max(count, 4 * dimension), activeCount: min(16, dimension), seed: seed),
        workerCount: workerCount
      ) { step in
        try progress(
          .step(
            done: (step.epoch - 1) * step.exampleCount + step.examplesDone,
            total: step.epochCount * step.exampleCount, unit: "examples"))
      }.directions
    } catch let error as SparseAutoencoderError {
      throw DirectionFamilyError(family: self, reason: "\(error)")
    }
  }

  /// What is ranked along the directions: the features, or for ``cosine`` the features scaled to unit length.
  package func ranked(_ features: FeatureMatrix) -> FeatureMatrix {
    self == .cosine ? features.scaledToUnitLength : features
  }
}

extension DirectionFamily.Material {
  /// Features of training images, drawn at random where there are more than ``imageLimit``.
  ///
  /// - Parameters:
  ///   - layer: Position in the network's graph; nil: the pixels.
  ///   - seed: Of the draw.
  package init(of training: LabelledImages, by engine: Engine, layer: Int?, space: FeatureSpace, seed: UInt64)
    throws
  {
    var generator = SeededGenerator(seed: seed, purpose: "images that bases are fitted to")
    let chosen = generator.sample(min(Self.imageLimit, training.count), of: training.count).sorted()
    let images = training.selecting(chosen)
    let values = try engine.features(of: images, layer: layer, pooling: space.pooling)
    self.init(
      features: try FeatureMatrix(values: values, layer: space.layer),
      labels: images.classLabels)
  }
}

/// A family of directions that these features do not have.
public struct DirectionFamilyError: Error, CustomStringConvertible {
  public let family: DirectionFamily
  public let reason: String

  public var description: String { "no \(family.words): \(reason)" }
}
