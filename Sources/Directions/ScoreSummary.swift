import CKernels
import Tensors

/// The distribution of many images' scores along one direction, in mergeable numbers.
///
/// Counts, extremes and sums without rounding: the summary of a union is the same bits for any parts, order, and
/// machine. So it can be computed in one pass over features that do not fit in memory, and merged from shards.
/// Quantiles cannot be merged; ``ActivationStatistics`` has them.
public struct ScoreSummary: Equatable, Sendable {
  public private(set) var imageCount = 0
  /// +∞ for no images.
  public private(set) var minimum = Float.infinity
  /// −∞ for no images.
  public private(set) var maximum = -Float.infinity
  /// Number of scores above 0.
  public private(set) var positiveCount = 0
  /// Number of scores equal to 0.
  public private(set) var zeroCount = 0
  public private(set) var sum = ExactSum()
  /// Sum of squared scores.
  public private(set) var squares = ExactSum()

  /// Summary of no images.
  public init() {}

  /// Restores a summary read from a file.
  public init(
    imageCount: Int, minimum: Float, maximum: Float, positiveCount: Int, zeroCount: Int, sum: ExactSum,
    squares: ExactSum
  ) {
    self.imageCount = imageCount
    self.minimum = minimum
    self.maximum = maximum
    self.positiveCount = positiveCount
    self.zeroCount = zeroCount
    self.sum = sum
    self.squares = squares
  }

  /// `nil` for no images.
  public var mean: Double? { moments.mean }

  /// With divisor n − 1; `nil` for fewer than two images, exactly 0 when all scores are equal.
  public var standardDeviation: Double? {
    imageCount > 1 && minimum == maximum ? 0 : moments.standardDeviation
  }

  private var moments: (mean: Double?, standardDeviation: Double?) {
    Statistics.moments(count: imageCount, sum: sum, squares: squares)
  }

  /// Adds exact scores, each rounded to Float. A score beyond the range of Float counts as its largest number.
  ///
  /// - Parameter stride: Number of floats from one score to the next.
  mutating func add(_ scores: UnsafePointer<Float>, count: Int, stride: Int) {
    precondition(count <= ExactSum.numberLimit, "\(count) scores are too many at once")
    for place in 0..<count {
      let limit = Float.greatestFiniteMagnitude
      let score = max(-limit, min(limit, scores[place * stride]))
      minimum = min(minimum, score)
      maximum = max(maximum, score)
      if score > 0 { positiveCount += 1 } else if score == 0 { zeroCount += 1 }
      sum.add(score)
      squares.add(squareOf: score)
    }
    sum.normalize()
    squares.normalize()
    imageCount += count
  }

  /// The summary of the union of two disjoint sets of images.
  public func merged(with other: ScoreSummary) -> ScoreSummary {
    var union = self
    union.imageCount += other.imageCount
    union.minimum = min(minimum, other.minimum)
    union.maximum = max(maximum, other.maximum)
    union.positiveCount += other.positiveCount
    union.zeroCount += other.zeroCount
    union.sum.add(other.sum)
    union.squares.add(other.squares)
    return union
  }

  /// The summaries of all images of `features`, one per direction.
  ///
  /// Takes one pass. Scores are exact, unlike the products that propose images for a ranking: about ten times as much
  /// work for directions that are not neurons.
  ///
  /// - Parameter workerCount: Changes the time only.
  public static func table(
    of features: FeatureMatrix, along directions: DirectionSet, workerCount: Int = Workers.defaultCount
  ) -> [ScoreSummary] {
    precondition(
      features.dimension == directions.dimension,
      "features of dimension \(features.dimension) have no scores along directions of \(directions.dimension)"
    )
    var table = [ScoreSummary](repeating: ScoreSummary(), count: directions.count)
    let parts = Workers.pieces(of: features.imageCount, length: max(4096, (1 << 24) / features.dimension))
    let share = (directions.count + workerCount - 1) / workerCount
    let chunks = Workers.pieces(of: directions.count, length: max(1, min(64, share)))
    for part in parts {
      let images = features.rows(part)
      let found = Workers.map(count: chunks.count, workerCount: workerCount) { chunk in
        switch directions.storage {
        case .axes(let axes): summaries(of: images, axes: axes[chunks[chunk]])
        case .matrix(let matrix): summaries(of: images, matrix, rows: chunks[chunk])
        }
      }
      for (direction, summary) in found.joined().enumerated() {
        table[direction] = table[direction].merged(with: summary)
      }
      if parts.count > 1 { features.release(part) }
    }
    return table
  }

  private static func summaries(of features: FeatureMatrix, axes: ArraySlice<Int>) -> [ScoreSummary] {
    features.withValues { values in
      axes.map { axis in
        var summary = ScoreSummary()
        summary.add(values.baseAddress! + axis, count: features.imageCount, stride: features.dimension)
        return summary
      }
    }
  }

  private static func summaries(of features: FeatureMatrix, _ matrix: Tensor, rows: Range<Int>)
    -> [ScoreSummary]
  {
    let (dimension, panelLength, imagesAtOnce) = (features.dimension, Int(exact_product_panel_length), 512)
    var summaries = [ScoreSummary](repeating: ScoreSummary(), count: rows.count)
    for first in stride(from: 0, to: rows.count, by: panelLength) {
      let count = min(panelLength, rows.count - first)
      var panel = [Double](repeating: 0, count: dimension * panelLength)
      for place in 0..<count {
        for (index, component) in matrix[row: rows.lowerBound + first + place].enumerated() {
          panel[index * panelLength + place] = Double(component)
        }
      }
      features.withValues { values in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: imagesAtOnce * panelLength) { scores in
          for start in stride(from: 0, to: features.imageCount, by: imagesAtOnce) {
            let imageCount = min(imagesAtOnce, features.imageCount - start)
            exact_product(
              values.baseAddress! + start * dimension, imageCount, dimension, panel, scores.baseAddress!)
            for place in 0..<count {
              summaries[first + place].add(
                scores.baseAddress! + place, count: imageCount, stride: panelLength)
            }
          }
        }
      }
    }
    return summaries
  }
}
