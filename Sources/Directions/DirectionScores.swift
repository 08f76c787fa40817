import Tensors

/// The scores of all images along one direction, with their order.
///
/// Scores are summed in Double in the order of the features and rounded to Float, like those that decide a ``Ranking``.
/// So every number computed from them is the same bits for any number of workers and any other directions requested,
/// and two images tie only if their scores are equal.
public struct DirectionScores: Sendable {
  /// One per image, none of them −0.
  public let values: [Float]
  /// All images: score descending, then image index ascending.
  public let order: [Int]

  /// Scores computed elsewhere.
  ///
  /// - Parameter values: One per image, without NaN.
  public init(_ values: some Sequence<Float>) {
    let values = values.map { $0 + 0 }  // −0 becomes 0: the two are one score, but not the same bits
    precondition(values.count <= 1 << 32, "an image's index has 32 bits here, got \(values.count) images")
    // Sorted as integers: the bits of the score in reverse order, above the index.
    let keys = values.enumerated().map { image, value in
      precondition(!value.isNaN, "the score of image \(image) is not a number")
      let bits = value.bitPattern
      let descending = value.sign == .minus ? bits : ~(bits | 1 << 31)
      return UInt64(descending) << 32 | UInt64(image)
    }
    self.values = values
    order = keys.sorted().map { Int($0 & 0xFFFF_FFFF) }
  }

  public var imageCount: Int { values.count }

  /// The first `count` images of ``order``, or all.
  public func highest(_ count: Int) -> [Int] { Array(order.prefix(count)) }

  /// The `count` images with the lowest scores, or all: score ascending, then image index ascending.
  public func lowest(_ count: Int) -> [Int] {
    var images: [Int] = []
    var end = order.count
    while images.count < count, end > 0 {
      var start = end - 1
      while start > 0, values[order[start - 1]] == values[order[end - 1]] { start -= 1 }
      images += order[start..<end].prefix(count - images.count)
      end = start
    }
    return images
  }

  /// Scores in ascending order.
  var ascending: [Float] { order.reversed().map { values[$0] } }

  /// Applies `transform` to each direction's number and scores; the scores of a few directions are held at a time.
  ///
  /// - Parameters:
  ///   - directions: Directions of the features' dimension.
  ///   - workerCount: Changes the time only.
  /// - Returns: Results in the order of the directions.
  public static func map<Result: Sendable>(
    of features: FeatureMatrix, along directions: DirectionSet, workerCount: Int = Workers.defaultCount,
    _ transform: @Sendable (_ direction: Int, _ scores: DirectionScores) -> Result
  ) -> [Result] {
    precondition(
      features.dimension == directions.dimension,
      "features of dimension \(features.dimension) have no scores along directions of \(directions.dimension)"
    )
    let pieces = Workers.pieces(of: directions.count, length: laneCount)
    let results = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      let rows = pieces[piece]
      let columns = columns(of: features.values, along: directions.storage, rows: rows)
      return zip(rows, columns).map { transform($0, DirectionScores($1)) }
    }
    return results.flatMap { $0 }
  }

  /// Number of directions scored together in one pass over the features.
  private static let laneCount = 8

  private static func columns(of features: Tensor, along directions: DirectionSet.Storage, rows: Range<Int>)
    -> [[Float]]
  {
    let imageCount = features.shape[0]
    let dimension = features.shape[1]
    switch directions {
    case .axes(let indices):
      return indices[rows].map { axis in
        (0..<imageCount).map { features.elements[$0 * dimension + axis] }
      }
    case .matrix(let matrix):
      // A sum in a fixed order is limited by the latency of additions; sums of several directions are independent of
      // each other. The product of two Floats is exact in Double, so only the order of the additions matters.
      var panel = [SIMD8<Double>](repeating: .zero, count: dimension)
      for (lane, row) in rows.enumerated() {
        for (index, component) in matrix[row: row].enumerated() { panel[index][lane] = Double(component) }
      }
      var columns = [[Float]](repeating: [], count: rows.count)
      for lane in columns.indices { columns[lane].reserveCapacity(imageCount) }
      features.elements.withUnsafeBufferPointer { elements in
        panel.withUnsafeBufferPointer { panel in
          for image in 0..<imageCount {
            let feature = elements.baseAddress! + image * dimension
            var sums = SIMD8<Double>.zero
            for index in 0..<dimension {
              sums += SIMD8<Double>(repeating: Double(feature[index])) * panel[index]
            }
            for lane in columns.indices { columns[lane].append(Float(sums[lane])) }
          }
        }
      }
      return columns
    }
  }
}
