import Directions
import Tensors

/// Activation clustering: tests whether a label's images form two groups, one of them small, as backdoored images do:
/// the network recognises them by something else.
///
/// Chen et al. (2018), "Detecting backdoor attacks on deep neural networks by activation clustering"
/// <https://arxiv.org/abs/1811.03728>: the features of each label's training images, reduced to ten dimensions, in two
/// clusters. A label is suspicious if its smaller cluster has at most `sizeLimit` of its images and the silhouette is
/// at least `silhouetteLimit`; the smaller cluster is then flagged. The paper gives 35 % and 0.10 to 0.15 as such
/// limits.
public struct ActivationClustering: Sendable {
  public enum Reduction: String, Codable, CaseIterable, Sendable {
    /// Independent components, each score scaled to standard deviation 1; the paper's choice.
    case independent
    /// Principal components.
    case principal
  }

  public struct Settings: Codable, Equatable, Sendable {
    public var reduction: Reduction
    public var componentCount: Int
    public var sizeLimit: Double
    public var silhouetteLimit: Double

    public init(
      reduction: Reduction = .independent, componentCount: Int = 10, sizeLimit: Double = 0.35,
      silhouetteLimit: Double = 0.1
    ) {
      precondition(componentCount > 0, "features are reduced to one number at least, got \(componentCount)")
      self.reduction = reduction
      self.componentCount = componentCount
      self.sizeLimit = sizeLimit
      self.silhouetteLimit = silhouetteLimit
    }
  }

  /// Result for the images of one label.
  public struct Label: Codable, Equatable, Sendable {
    public let label: Int
    public let imageCount: Int
    /// Size of the smaller cluster; 0 if there are not two clusters.
    public let smallerCount: Int
    /// `nil` if there are not two clusters.
    public let silhouette: Double?
    public let isSuspicious: Bool
  }

  /// One entry per class.
  public let labels: [Label]
  /// Images of the smaller clusters of suspicious labels, ascending.
  public let flagged: [Int]

  /// - Parameters:
  ///   - features: Features of training images, with their given labels.
  ///   - seed: Seeds components and clusters.
  ///   - workerCount: Changes the time only.
  public init(
    of features: FeatureMatrix, settings: Settings = Settings(), seed: UInt64,
    workerCount: Int = Workers.defaultCount
  ) {
    guard let classes = features.labels else { preconditionFailure("features without labels have no groups") }
    let values = features.values
    var labels: [Label] = []
    var flagged: [Int] = []
    for label in 0..<classes.classCount {
      let images = classes.values.indices.filter { classes.values[$0] == label }
      guard
        let found = Self.clusters(
          values.rows(images), layer: features.layer, settings, seed: seed, workerCount: workerCount)
      else {
        labels.append(
          Label(
            label: label, imageCount: images.count, smallerCount: 0, silhouette: nil, isSuspicious: false))
        continue
      }
      let smaller = images.indices.filter { found.clusters[$0] == 1 }.map { images[$0] }
      let share = Double(smaller.count) / Double(images.count)
      let isSuspicious =
        share <= settings.sizeLimit && (found.silhouette ?? -1) >= settings.silhouetteLimit
      labels.append(
        Label(
          label: label, imageCount: images.count, smallerCount: smaller.count, silhouette: found.silhouette,
          isSuspicious: isSuspicious))
      if isSuspicious { flagged += smaller }
    }
    self.labels = labels
    self.flagged = flagged.sorted()
  }

  /// - Returns: `nil` for fewer than three images, or if all are equal.
  private static func clusters(
    _ values: Tensor, layer: String, _ settings: Settings, seed: UInt64, workerCount: Int
  ) -> (clusters: [Int], silhouette: Double?)? {
    guard values.count >= 3, let features = try? FeatureMatrix(values: values, layer: layer) else {
      return nil
    }
    let directions =
      switch settings.reduction {
      case .independent:
        IndependentComponents(
          of: features, count: settings.componentCount, seed: seed, workerCount: workerCount
        ).directions
      case .principal:
        PrincipalComponents(of: features, count: settings.componentCount, workerCount: workerCount).directions
      }
    let dimension = directions.count
    guard dimension > 0 else { return nil }
    var scores = self.scores(of: values, along: directions.matrix)
    if settings.reduction == .independent { scale(&scores, dimension: dimension) }
    let clusters = TwoMeans(of: scores, dimension: dimension, seed: seed)
    return (
      clusters.clusters,
      clusters.silhouette(of: scores, dimension: dimension, workerCount: workerCount)
    )
  }

  /// ⟨φ, v⟩ in Double, row by row.
  private static func scores(of values: Tensor, along directions: Tensor) -> [Double] {
    (0..<values.count).flatMap { row in
      let own = values[row: row]
      return (0..<directions.count).map { index in
        zip(own, directions[row: index]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      }
    }
  }

  /// Divides each column by its standard deviation.
  private static func scale(_ scores: inout [Double], dimension: Int) {
    let count = scores.count / dimension
    for column in 0..<dimension {
      let places = (0..<count).map { $0 * dimension + column }
      let mean = places.reduce(0) { $0 + scores[$1] } / Double(count)
      let variance = places.reduce(0) { $0 + (scores[$1] - mean) * (scores[$1] - mean) } / Double(count)
      guard variance > 0 else { continue }
      for place in places { scores[place] = (scores[place] - mean) / variance.squareRoot() }
    }
  }
}
