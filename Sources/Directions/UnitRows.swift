import Foundation
import Tensors

/// Features scaled to unit length, in pieces; zero rows are omitted. The input of k-means.
struct UnitRows: Sendable {
  let dimension: Int
  /// `[rows, dimension]` each; pieces differ in their number of rows if some were omitted.
  private let pieces: [Tensor]
  /// Number of the first row of each piece.
  private let starts: [Int]
  let count: Int

  init(of features: FeatureMatrix, workerCount: Int) {
    let dimension = features.dimension
    let ranges = Workers.pieces(of: features.imageCount, length: 1024)
    let pieces = Workers.map(count: ranges.count, workerCount: workerCount) { piece in
      let elements = features.rows(ranges[piece]).withValues { values in
        var elements: [Float] = []
        elements.reserveCapacity(values.count)
        for start in stride(from: 0, to: values.count, by: dimension) {
          let row = values[start..<start + dimension]
          let length = Norm.l2(row)
          if length > 0 { elements += row.map { Float(Double($0) / length) } }
        }
        return elements
      }
      features.release(ranges[piece])
      return Tensor(shape: [elements.count / dimension, dimension], elements: elements)
    }
    self.dimension = dimension
    self.pieces = pieces
    starts = pieces.indices.map { piece in pieces[..<piece].reduce(0) { $0 + $1.count } }
    count = pieces.reduce(0) { $0 + $1.count }
  }

  private func row(_ index: Int) -> ArraySlice<Float> {
    let piece = starts.lastIndex { $0 <= index }!
    return pieces[piece][row: index - starts[piece]]
  }

  /// Cluster of each row, and its distance from the centre.
  struct Nearest {
    var clusters: [Int]
    /// ‖u − c‖², at least 0.
    var squaredDistances: [Double]

    /// Gives each empty cluster the row that is farthest from its own centre, the first in a tie.
    ///
    /// A row that is the only one of its cluster stays, and so does one at its centre; a cluster may remain empty.
    mutating func fillEmptyClusters(count: Int) {
      var memberCounts = clusters.reduce(into: [Int](repeating: 0, count: count)) { $0[$1] += 1 }
      guard memberCounts.contains(0) else { return }
      let farthest = clusters.indices
        .filter { squaredDistances[$0] > ClusterCentres.smallestDistance }
        .sorted {
          let (first, second) = (squaredDistances[$0], squaredDistances[$1])
          return first > second || (first == second && $0 < $1)
        }
      var next = farthest.makeIterator()
      for cluster in 0..<count where memberCounts[cluster] == 0 {
        while let row = next.next() {
          guard memberCounts[clusters[row]] > 1 else { continue }
          memberCounts[clusters[row]] -= 1
          memberCounts[cluster] = 1
          clusters[row] = cluster
          squaredDistances[row] = 0
          break
        }
      }
    }
  }

  /// The nearest centre of each row, the first in a tie.
  ///
  ///     ‖u − c‖² = 1 − 2 ⟨u, c⟩ + ‖c‖²
  func nearest(of centres: Tensor, workerCount: Int) -> Nearest {
    let squares = (0..<centres.count).map { row in
      centres[row: row].reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    let parts = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      let products = pieces[piece].product(withTransposed: centres)
      var part = Nearest(clusters: [], squaredDistances: [])
      for row in 0..<products.count {
        var (best, distance) = (0, Double.infinity)
        for (cluster, product) in products[row: row].enumerated() {
          let candidate = squares[cluster] - 2 * Double(product)
          if candidate < distance { (best, distance) = (cluster, candidate) }
        }
        part.clusters.append(best)
        part.squaredDistances.append(max(0, 1 + distance))
      }
      return part
    }
    return Nearest(
      clusters: parts.flatMap(\.clusters), squaredDistances: parts.flatMap(\.squaredDistances))
  }

  /// Mean of the rows of each cluster; an empty cluster keeps its centre.
  func means(of clusters: [Int], else centres: Tensor, workerCount: Int) -> Tensor {
    let (dimension, count) = (dimension, centres.count)
    let sums = Workers.sum(count: pieces.count, length: count * dimension, workerCount: workerCount) {
      piece in
      var sums = [Double](repeating: 0, count: count * dimension)
      sums.withUnsafeMutableBufferPointer { sums in
        pieces[piece].elements.withUnsafeBufferPointer { elements in
          for row in 0..<pieces[piece].count {
            let start = clusters[starts[piece] + row] * dimension
            for index in 0..<dimension {
              sums[start + index] += Double(elements[row * dimension + index])
            }
          }
        }
      }
      return sums
    }
    let memberCounts = clusters.reduce(into: [Int](repeating: 0, count: count)) { $0[$1] += 1 }
    var means = centres
    for place in sums.indices where memberCounts[place / dimension] > 0 {
      means.elements[place] = Float(sums[place] / Double(memberCounts[place / dimension]))
    }
    return means
  }

  /// Initial centres: rows, each drawn with probability proportional to its squared distance from those before it.
  ///
  /// Of several candidates the one with the smallest resulting sum of squared distances is chosen.
  ///
  /// - Returns: `[count, dimension]`, or fewer rows when all rows coincide with earlier ones.
  func seeds(count: Int, workerCount: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    guard count > 0, self.count > 0 else { return Tensor(shape: [0, dimension]) }
    let candidateCount = 2 + Int(log(Double(count)))
    var chosen = [Int(generator.next(upperBound: UInt64(self.count)))]
    var distances = squaredDistances(from: chosen, workerCount: workerCount)[0]
    while chosen.count < count {
      var cumulative: [Double] = []
      cumulative.reserveCapacity(distances.count)
      var total = 0.0
      for distance in distances {
        total += distance
        cumulative.append(total)
      }
      guard total > 0 else { break }
      let candidates = (0..<candidateCount).map { _ in
        Self.firstIndex(of: cumulative, above: generator.uniform() * total)
      }
      let shrunk = squaredDistances(from: candidates, workerCount: workerCount).map {
        zip($0, distances).map(min)
      }
      let sums = shrunk.map { $0.reduce(0, +) }
      let best = sums.indices.min { sums[$0] < sums[$1] }!  // the first in a tie
      chosen.append(candidates[best])
      distances = shrunk[best]
    }
    return Tensor(shape: [chosen.count, dimension], elements: chosen.flatMap { row($0) })
  }

  /// ‖u − c‖² of every row from some of the rows, 0 if it is only rounding; `[rows given][row]`.
  private func squaredDistances(from rows: [Int], workerCount: Int) -> [[Double]] {
    let centres = Tensor(shape: [rows.count, dimension], elements: rows.flatMap { row($0) })
    let parts = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      centres.product(withTransposed: pieces[piece])
    }
    return rows.indices.map { centre in
      parts.flatMap { part in
        part[row: centre].map { product in
          let distance = 2 - 2 * Double(product)
          return distance > ClusterCentres.smallestDistance ? distance : 0
        }
      }
    }
  }

  /// The index of the first element above `value`, in an ascending list whose last element is.
  private static func firstIndex(of ascending: [Double], above value: Double) -> Int {
    var (low, high) = (0, ascending.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ascending[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
