import Directions
import Tensors

/// Images whose label disagrees with their neighbours in feature space.
///
/// An image is kept if no label is more frequent among its k nearest neighbours than its own. Deep k-NN, Peri et al.
/// (2020), "Deep k-NN defense against clean-label data poisoning attacks" <https://arxiv.org/abs/1909.13374>. A poison
/// with the features of the target lies among the target's class, but has another label. Distances are Euclidean.
///
/// k should be more than twice the number of poisons that may share a target; otherwise they dominate one another's
/// neighbourhoods.
public struct NeighbourCheck: Equatable, Sendable {
  /// In ascending order.
  public let disagreeing: [Int]

  private static let rowsAtOnce = 256
  private static let piecesAtOnce = 16

  /// - Parameters:
  ///   - features: Features of training images, with their given labels.
  ///   - neighbourCount: k; where there are fewer others, all of them.
  ///   - workerCount: Changes the time only.
  ///   - onProgress: Called every few thousand images; an error it throws ends the check.
  public init(
    of features: FeatureMatrix, neighbourCount: Int, workerCount: Int = Workers.defaultCount,
    onProgress: () throws -> Void = {}
  ) rethrows {
    guard let labels = features.labels else {
      preconditionFailure("features without labels have none to check")
    }
    precondition(neighbourCount > 0, "an image is compared with one other at least, got \(neighbourCount)")
    let (count, dimension) = (features.imageCount, features.dimension)
    let lengths = features.withValues { values in
      (0..<count).map { row in
        values[row * dimension..<(row + 1) * dimension].reduce(0.0) { $0 + Double($1) * Double($1) }
      }
    }
    let pieces = Workers.pieces(of: count, length: Self.rowsAtOnce)
    /// Rows in a range that disagree.
    @Sendable func disagreeing(_ rows: Range<Int>) -> [Int] {
      let products = features.withValues { values in
        let all = MatrixView(values, rows: count, columns: dimension)
        let part = UnsafeBufferPointer(
          rebasing: values[rows.lowerBound * dimension..<rows.upperBound * dimension])
        return MatrixView(part, rows: rows.count, columns: dimension).product(with: all.transposed)
      }
      return rows.filter { row in
        let own = products[row: row - rows.lowerBound]
        let neighbours = Self.nearest(neighbourCount, to: row, count: count) { other in
          lengths[other] - 2 * Double(own[own.startIndex + other])
        }
        let votes = labels.counts(among: neighbours)
        return votes.contains { $0 > votes[labels.values[row]] }
      }
    }
    var found: [Int] = []
    for wave in Workers.pieces(of: pieces.count, length: Self.piecesAtOnce) {
      try onProgress()
      found += Workers.map(count: wave.count, workerCount: workerCount) {
        disagreeing(pieces[wave.lowerBound + $0])
      }.flatMap(\.self)
    }
    self.disagreeing = found
  }

  /// The k nearest others; the first ones in a tie.
  private static func nearest(
    _ wanted: Int, to row: Int, count: Int, distance: (Int) -> Double
  ) -> [Int] {
    // Sorted, the farthest last. Most images are farther than that.
    var nearest: [(distance: Double, image: Int)] = []
    nearest.reserveCapacity(wanted + 1)
    for other in 0..<count where other != row {
      let far = distance(other)
      if nearest.count == wanted, far >= nearest[wanted - 1].distance { continue }
      var place = nearest.count
      while place > 0, far < nearest[place - 1].distance { place -= 1 }
      nearest.insert((far, other), at: place)
      if nearest.count > wanted { nearest.removeLast() }
    }
    return nearest.map(\.image)
  }
}
