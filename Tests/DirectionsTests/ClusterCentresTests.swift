import Tensors
import Testing

@testable import Directions

@Suite struct ClusterCentresTests {
  /// Rows near the axes of three dimensions, 8, 4 and 2 pairs of them, and two that are 0; the mean of each pair lies
  /// on its axis. Lengths are powers of 2.
  private let planted: [[Float]] =
    [(0, 8), (1, 4), (2, 2)].flatMap { axis, pairs in
      (0..<pairs).flatMap { pair in
        [Float(0.1), -0.1].map { offset in
          var row: [Float] = [0, 0, 0]
          row[axis] = Float(1 << pair)
          row[(axis + 1) % 3] = offset * Float(1 << pair)
          return row
        }
      }
    } + [[0, 0, 0], [0, 0, 0]]

  @Test("Planted clusters are found, the largest first, whatever the lengths of the rows", arguments: 0..<5)
  func planted(seed: UInt64) throws {
    let clusters = ClusterCentres(of: try FeatureMatrix(rows: planted), count: 3, seed: seed)
    #expect(clusters.hasConverged)
    #expect(clusters.memberCounts == [16, 8, 4])
    #expect(clusters.directions.kind == .clusterCentres)
    #expect(clusters.directions.ids == ["k000", "k001", "k002"])
    let axes = DirectionSet.neurons(dimension: 3).matrix
    #expect(zip(clusters.directions.matrix.elements, axes.elements).allSatisfy { abs($0 - $1) < 1e-6 })
    // Each row is sin(arctan 0.1) from its centre.
    #expect(abs(clusters.inertia - 28 * 0.01 / 1.01) < 1e-5)
  }

  @Test("The sum of squared distances is that of scikit-learn's best run, within 1 %")
  func reference() throws {
    let reference = try BasesReference.load().clusters
    let features = try FeatureMatrix(rows: reference.features)
    let runs = (0..<10).map { ClusterCentres(of: features, count: reference.count, seed: $0) }
    let best = runs.min { $0.inertia < $1.inertia }!
    #expect(abs(best.inertia / reference.inertia - 1) < 0.01)
    if abs(best.inertia / reference.inertia - 1) < 1e-6 {
      #expect(best.memberCounts == reference.memberCounts)
    }
    #expect(runs.allSatisfy { $0.inertia < 1.1 * reference.inertia })
  }

  @Test("A cluster without rows takes the row that is farthest from its centre")
  func emptyClusters() throws {
    let points = UnitRows(of: try FeatureMatrix(rows: planted), workerCount: 1)
    let opposite: [Float] = [-1, -1, -1, -1, -1, -2, 1, 1, 1]
    let clusters = ClusterCentres(
      of: points, from: Tensor(shape: [3, 3], elements: opposite), workerCount: 1)
    #expect(clusters.memberCounts == [16, 8, 4])

    var nearest = UnitRows.Nearest(
      clusters: [1, 1, 1, 3, 1], squaredDistances: [0.2, 0.5, 0.5, 0.9, 0])
    nearest.fillEmptyClusters(count: 4)
    // Row 3 is alone in its cluster; row 1 comes before row 2.
    #expect(nearest.clusters == [1, 0, 2, 3, 1])
    #expect(nearest.squaredDistances == [0.2, 0, 0, 0.9, 0])
  }

  @Test("There are no more clusters than different rows, and none of rows that are 0")
  func fewRows() throws {
    let rows: [[Float]] = (0..<30).map { $0 % 3 == 0 ? [0.3, 0.7, -0.2] : [0.1, -0.4, 0.5] }
    let clusters = ClusterCentres(of: try FeatureMatrix(rows: rows), count: 5, seed: 0)
    #expect(clusters.memberCounts == [20, 10])
    #expect(abs(clusters.inertia) < 1e-5)
    #expect(cosine(clusters.directions.matrix[row: 0], rows[1]) > 1 - 1e-6)
    let zeros = try FeatureMatrix(values: Tensor(shape: [4, 3]), layer: "made up")
    #expect(ClusterCentres(of: zeros, count: 2, seed: 0).directions.count == 0)
  }

  @Test("A row's centre is the nearest by definition, and a centre the mean of its rows")
  func definition() throws {
    let points = UnitRows(of: try FeatureMatrix.normal(images: 2500, dimension: 5, seed: 3), workerCount: 2)
    let centres = try FeatureMatrix.normal(images: 7, dimension: 5, seed: 4).values
    let nearest = points.nearest(of: centres, workerCount: 2)
    let rows = try FeatureMatrix.normal(images: 2500, dimension: 5, seed: 3).values
    var sums = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 7)
    var counts = [Double](repeating: 0, count: 7)
    for index in 0..<2500 {
      let unit = unitLength(rows[row: index].map(Double.init))
      let distances = (0..<7).map { centre in
        zip(unit, centres[row: centre]).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
      }
      let cluster = nearest.clusters[index]
      #expect(distances[cluster] <= distances.min()! + 1e-6)
      #expect(abs(nearest.squaredDistances[index] - distances[cluster]) < 1e-5)
      counts[cluster] += 1
      for (place, value) in unit.enumerated() { sums[cluster][place] += Double(value) }
    }
    let means = points.means(of: nearest.clusters, else: centres, workerCount: 2)
    for cluster in 0..<7 where counts[cluster] > 0 {
      for place in 0..<5 {
        #expect(
          abs(Double(means.elements[cluster * 5 + place]) - sums[cluster][place] / counts[cluster]) < 1e-6)
      }
    }
  }

  @Test("The same seed gives the same bytes for any number of workers")
  func workers() throws {
    let features = try FeatureMatrix.normal(images: 5000, dimension: 6, seed: 5)
    let one = ClusterCentres(of: features, count: 9, seed: 1, workerCount: 1)
    let three = ClusterCentres(of: features, count: 9, seed: 1, workerCount: 3)
    #expect(one.directions.matrix == three.directions.matrix)
    #expect(one.inertia == three.inertia)
    #expect(ClusterCentres(of: features, count: 9, seed: 2).directions.matrix != one.directions.matrix)
  }
}
