import Datasets
import Directions
import Networks
import Tensors

/// A recipe for directions through a layer: its neurons, or others drawn at random, made from labels, or learned.
///
/// A family says about itself everything that commands, sheets and records need; ``allCases`` is the list of them. Learned
/// ones are fitted to the features of training images and judged on held-out ones.
public struct DirectionFamily: Sendable {
  /// As users and records name it.
  public let rawValue: String
  /// For a line, an axis or a caption, in the plural.
  public let words: String
  /// For one direction.
  public let singular: String
  /// First letter of the ids: `r` of `r007`.
  public let letter: Character
  public let kind: Kind
  /// Whether there are as many independent directions as are asked for; else as many as the layer has units, or classes.
  package let hasAnyNumber: Bool
  /// Which end of a direction is called the upper one is a convention; the other end is worth a look.
  public let hasArbitrarySign: Bool
  /// Whether every φ(x) is scaled to length 1 before images are ranked.
  let ranksUnitLength: Bool
  /// Where the directions of a sheet come from, after a comma.
  private let originText: @Sendable (_ seed: UInt64) -> String
  /// The recipe in one clause.
  private let recipeText: @Sendable (_ dimension: Int, _ seed: UInt64) -> String
  private let make: @Sendable (Request) throws -> DirectionSet

  /// Where directions come from.
  public enum Kind: Sendable {
    /// The coordinate axes.
    case axes
    /// Drawn at random, without a look at images.
    case random
    /// Drawn at random in a space that is fitted to training images.
    case randomFitted
    /// Learned from training images, or made from their labels.
    case learned
  }

  /// What a family is asked for.
  struct Request {
    let family: DirectionFamily
    let count: Int
    let dimension: Int
    let seed: UInt64
    let workerCount: Int
    let material: () throws -> Material
    let progress: ProgressHandler

    /// A basis has no more directions than dimensions.
    var basisCount: Int { min(count, dimension) }
  }

  init(
    _ rawValue: String, words: String, singular: String, letter: Character, _ kind: Kind,
    hasAnyNumber: Bool, hasArbitrarySign: Bool = false, ranksUnitLength: Bool = false,
    origin: @escaping @Sendable (_ seed: UInt64) -> String,
    recipe: @escaping @Sendable (_ dimension: Int, _ seed: UInt64) -> String,
    make: @escaping @Sendable (Request) throws -> DirectionSet
  ) {
    (self.rawValue, self.words, self.singular, self.letter) = (rawValue, words, singular, letter)
    (self.kind, self.hasAnyNumber, self.hasArbitrarySign) = (kind, hasAnyNumber, hasArbitrarySign)
    (self.ranksUnitLength, originText, recipeText, self.make) = (ranksUnitLength, origin, recipe, make)
  }

  /// All families, in the order of lists and tables.
  public static let allCases: [DirectionFamily] = [
    .neurons, .sphere, .haar, .rademacher, .pairs, .cosine, .whitened, .nonNegative, .classMeans,
    .principalComponents, .independentComponents, .nonNegativeFactors, .clusterCentres, .sparseAutoencoder,
  ]

  /// What neurons are put beside.
  public static let others = allCases.filter { $0 != .neurons }

  /// All but the neurons and their null distribution, which a comparison draws many of.
  public static let compared = others.filter { $0 != .haar }

  /// Needs features of training images.
  public var isFitted: Bool { kind == .learned || kind == .randomFitted }

  /// Learned or made from labels, in distinction to drawn at random.
  public var isLearned: Bool { kind == .learned }

  /// As ``words``, for the head of a block.
  package var title: String { words.prefix(1).uppercased() + words.dropFirst() }

  /// What ranks the images.
  package var score: String { ranksUnitLength ? "⟨φ(x) / ‖φ(x)‖, v⟩" : "⟨φ(x), v⟩" }

  package func origin(seed: UInt64) -> String { originText(seed) }

  /// The recipe in one clause, for a foot line.
  package func recipe(dimension: Int, seed: UInt64) -> String {
    recipeText(dimension, seed)
      + (isFitted ? ", from features of at most \(Material.imageLimit) training images" : "")
  }

  /// Directions through a layer of `dimension` units.
  ///
  /// - Parameters:
  ///   - count: As many, where the family has them: a basis has `dimension` at most, classes have one each, and an
  ///     autoencoder four times `dimension` or more, minus those of its latents that are dead.
  ///   - material: Called where the family ``isFitted``.
  /// - Throws: ``DirectionFamilyError`` where the family cannot be had of these features, and what `material` and
  ///   `progress` throw.
  package func directions(
    count: Int, dimension: Int, seed: UInt64, workerCount: Int, fittedTo material: () throws -> Material,
    progress: @escaping ProgressHandler
  ) throws -> DirectionSet {
    try withoutActuallyEscaping(material) { material in
      try make(
        Request(
          family: self, count: count, dimension: dimension, seed: seed, workerCount: workerCount,
          material: material, progress: progress))
    }
  }

  /// What is ranked along the directions: the features, or those scaled to unit length.
  package func ranked(_ features: FeatureMatrix) -> FeatureMatrix {
    ranksUnitLength ? features.scaledToUnitLength : features
  }
}

extension DirectionFamily: RawRepresentable, Hashable, Codable, CaseIterable {
  public init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  public static func == (left: DirectionFamily, right: DirectionFamily) -> Bool {
    left.rawValue == right.rawValue
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension DirectionFamily {
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
