import Tensors

/// Centres of clusters of images with similar activations of a layer.
///
///     u = φ / ‖φ‖₂,   minimise Σ ‖u − c(u)‖²,   v = c / ‖c‖₂
///
/// k-means on features of unit length; the score ⟨φ, v⟩ is the projection onto a centre. Klindt, Sanborn, Acosta,
/// Poitevin, Miolane (2023), "Identifying interpretable visual features in artificial and biological neural systems"
/// <https://arxiv.org/abs/2310.11431>. Features are not centred, and scores use them at their original length.
///
/// Seeds are drawn by k-means++ (Arthur, Vassilvitskii 2007), with the best of 2 + ⌊ln k⌋ candidates for each (their
/// section 5); then Lloyd's iterations. The result is a local minimum, which depends on the seed.
public struct ClusterCentres: Sendable {
  static let iterationLimit = 100
  /// Squared distances up to this may be rounding of a product in single precision, for two equal rows.
  static let smallestDistance = 1e-6

  /// `k000` is the centre of the largest cluster; of unit length, not orthogonal.
  public let directions: DirectionSet
  /// Number of images of each cluster, descending; images whose features are all 0 are in none.
  public let memberCounts: [Int]
  /// Σ ‖u − c(u)‖² over all clustered images, with the centres at the start of the last iteration.
  public let inertia: Double
  /// Whether no image changed its cluster in the last of ``iterationCount`` iterations.
  public let hasConverged: Bool
  public let iterationCount: Int

  /// - Parameters:
  ///   - features: Features of training images.
  ///   - count: k, at most: fewer if there are fewer distinct rows; a centre of length 0 has no direction.
  ///   - seed: Seeds the initial centres.
  ///   - workerCount: Changes the time only.
  public init(of features: FeatureMatrix, count: Int, seed: UInt64, workerCount: Int = Workers.defaultCount) {
    precondition(count >= 0, "there are no \(count) clusters")
    let points = UnitRows(of: features, workerCount: workerCount)
    var generator = SeededGenerator(seed: seed, purpose: "cluster centres")
    self.init(
      of: points, from: points.seeds(count: count, workerCount: workerCount, using: &generator),
      workerCount: workerCount)
  }

  /// Runs Lloyd's iterations.
  ///
  /// - Parameter seeds: `[count, dimension]`
  init(of points: UnitRows, from seeds: Tensor, workerCount: Int) {
    var centres = seeds
    var clusters: [Int] = []
    var inertia = 0.0
    var iterationCount = 0
    var hasConverged = seeds.count == 0
    while !hasConverged, iterationCount < Self.iterationLimit {
      var nearest = points.nearest(of: centres, workerCount: workerCount)
      inertia = nearest.squaredDistances.reduce(0, +)
      nearest.fillEmptyClusters(count: seeds.count)
      hasConverged = nearest.clusters == clusters
      if !hasConverged {
        centres = points.means(of: nearest.clusters, else: centres, workerCount: workerCount)
      }
      clusters = nearest.clusters
      iterationCount += 1
    }
    let memberCounts = clusters.reduce(into: [Int](repeating: 0, count: seeds.count)) { $0[$1] += 1 }
    let order = (0..<seeds.count)
      .filter { memberCounts[$0] > 0 && Norm.l2(centres[row: $0]) > 0 }
      .sorted { memberCounts[$0] > memberCounts[$1] || (memberCounts[$0] == memberCounts[$1] && $0 < $1) }
    directions = DirectionSet(
      kind: .clusterCentres, ids: order.indices.map { "k" + padded($0, to: 3) },
      matrix: Tensor(
        shape: [order.count, points.dimension],
        elements: order.flatMap { unitLength(centres[row: $0].map(Double.init)) }))
    self.memberCounts = order.map { memberCounts[$0] }
    self.inertia = inertia
    self.hasConverged = hasConverged
    self.iterationCount = iterationCount
  }
}
