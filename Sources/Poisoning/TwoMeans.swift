import Tensors

/// Points in two clusters, and how well separated they are.
///
///     minimise Σ ‖x − c(x)‖²;   s = mean over x of (b − a) / max(a, b)
///
/// Lloyd's iterations from ten starts by k-means++ (Arthur, Vassilvitskii 2007), of which the best is kept. a is the
/// mean distance to the other points of x's cluster, b that to the points of the other one: the silhouette of Rousseeuw
/// (1987), 0 for a point alone in its cluster. Unlike in ``Directions/ClusterCentres``, points keep their lengths.
struct TwoMeans: Equatable {
  /// 0 or 1 for each point; 1 is the smaller cluster, or in a tie the one whose first point comes later.
  let clusters: [Int]
  let inertia: Double

  private static let startCount = 10
  private static let iterationLimit = 300

  /// - Parameters:
  ///   - points: Row by row.
  ///   - dimension: Length of a row.
  init(of points: [Double], dimension: Int, seed: UInt64) {
    precondition(
      dimension > 0 && points.count.isMultiple(of: dimension) && points.count >= 2 * dimension,
      "two clusters need two points of \(dimension) numbers, got \(points.count) numbers")
    var best: (clusters: [Int], inertia: Double)?
    for start in 0..<Self.startCount {
      var generator = SeededGenerator(seed: seed, purpose: "two means", index: start)
      let run = Self.run(points, dimension, using: &generator)
      if run.inertia < best?.inertia ?? .infinity { best = run }
    }
    // Points are finite, so the first start beats infinity.
    let found = best!
    let ones = found.clusters.count { $0 == 1 }
    let zeros = found.clusters.count - ones
    let isTurned = ones > zeros || (ones == zeros && found.clusters.first == 1)
    clusters = isTurned ? found.clusters.map { 1 - $0 } : found.clusters
    inertia = found.inertia
  }

  private static func run(
    _ points: [Double], _ dimension: Int, using generator: inout SeededGenerator
  ) -> (clusters: [Int], inertia: Double) {
    let count = points.count / dimension
    func row(_ point: Int) -> ArraySlice<Double> { points[point * dimension..<(point + 1) * dimension] }
    let first = Int(generator.next(upperBound: UInt64(count)))
    let distances = (0..<count).map { squaredDistance(row($0), row(first)) }
    var left = generator.uniform() * distances.reduce(0, +)
    var second = distances.indices.last { distances[$0] > 0 } ?? first
    for point in 0..<count {
      left -= distances[point]
      if left < 0 {
        second = point
        break
      }
    }
    var centres = [Array(row(first)), Array(row(second))]
    var clusters = [Int](repeating: -1, count: count)
    var inertia = 0.0
    for _ in 0..<iterationLimit {
      inertia = 0
      var changed = false
      var sums = [[Double]](repeating: [Double](repeating: 0, count: dimension), count: 2)
      var members = [0, 0]
      for point in 0..<count {
        let row = row(point)
        let near = squaredDistance(row, centres[0][...])
        let far = squaredDistance(row, centres[1][...])
        let cluster = far < near ? 1 : 0
        inertia += min(near, far)
        changed = changed || clusters[point] != cluster
        clusters[point] = cluster
        members[cluster] += 1
        for (index, value) in row.enumerated() { sums[cluster][index] += value }
      }
      guard changed else { break }
      for cluster in 0..<2 where members[cluster] > 0 {
        centres[cluster] = sums[cluster].map { $0 / Double(members[cluster]) }
      }
    }
    return (clusters, inertia)
  }

  /// - Returns: `nil` where all points are in one cluster.
  func silhouette(of points: [Double], dimension: Int, workerCount: Int) -> Double? {
    let sizes = [clusters.count { $0 == 0 }, clusters.count { $0 == 1 }]
    guard sizes.allSatisfy({ $0 > 0 }) else { return nil }
    let values = Workers.map(count: clusters.count, workerCount: workerCount) { point -> Double in
      guard sizes[clusters[point]] > 1 else { return 0 }
      var sums = [0.0, 0.0]
      points.withUnsafeBufferPointer { points in
        for other in clusters.indices {
          var square = 0.0
          for index in 0..<dimension {
            let difference = points[point * dimension + index] - points[other * dimension + index]
            square += difference * difference
          }
          sums[clusters[other]] += square.squareRoot()
        }
      }
      let own = clusters[point]
      let near = sums[own] / Double(sizes[own] - 1)
      let far = sums[1 - own] / Double(sizes[1 - own])
      return max(near, far) > 0 ? (far - near) / max(near, far) : 0
    }
    return values.reduce(0, +) / Double(values.count)
  }

  private static func squaredDistance(_ left: ArraySlice<Double>, _ right: ArraySlice<Double>) -> Double {
    zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
