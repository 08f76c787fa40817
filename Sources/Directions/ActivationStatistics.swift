import Tensors

/// Distribution of the scores of all images along one direction.
///
/// Computed from ``DirectionScores``: exact to the rounding of a Float, and the same bits for any number of workers.
/// Scores of neurons are their activations.
public struct ActivationStatistics: Equatable, Codable, Sendable {
  /// Probabilities of ``quantiles``.
  public static let probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999]

  public let directionID: String
  public let imageCount: Int
  public let mean: Double
  /// With divisor n − 1; `nil` for one image.
  public let standardDeviation: Double?
  /// g₁ = m₃ / m₂^(3/2) with central moments m over n: 0 for a symmetric distribution. `nil` when nothing varies.
  ///
  /// A rectifier skews every unit, a signed direction is skewed only if it is selective: the two are not comparable.
  public let skewness: Double?
  /// g₂ = m₄ / m₂² − 3 with central moments m over n: 0 for a normal distribution. `nil` when nothing varies.
  public let excessKurtosis: Double?
  /// (√n − ‖s‖₁ / ‖s‖₂) / (√n − 1) over the n images: 0 when all |s| are equal, 1 when only one is nonzero (Hoyer
  /// 2004). `nil` for one image and when all scores are 0.
  ///
  /// Invariant under scaling, but not under an added constant: meaningful for non-negative units. Normal scores with
  /// mean 0 have 0.2, rectified ones 0.44.
  public let hoyerSparsity: Double?
  public let minimum: Float
  public let maximum: Float
  /// Quantiles at ``probabilities``, interpolated.
  public let quantiles: [Double]
  /// Scores above 0.
  public let positive: Proportion
  /// Scores equal to 0.
  public let zero: Proportion
  /// z_k = (mean of the top k − mean) / standard deviation: how far the top set is from the mean. `nil` when nothing
  /// varies.
  public let tailGap: Double?
  /// Score of the last image of the top set: everything to its right in the histogram is shown.
  public let topThreshold: Float
  /// Images of the whole set whose score equals ``topThreshold``. 1: no tie. More: the image index decided which
  /// of them are shown.
  public let tiesAtLastRank: Int
  /// Whether all scores are equal within rounding: the ranking is then the order of the images and meaningless. A
  /// saturated sigmoid or tanh unit is an example.
  public let isConstant: Bool
  /// Whether this is a rectified unit that is positive for fewer than k images, so that its top set shows images it
  /// does not respond to (max ≤ 0 means none).
  ///
  /// Zero means "off" only after a rectifier. The flag is therefore never set for a direction that is not a neuron, nor
  /// for a neuron with a negative score (tanh, pre-activation, leaky rectifier); a sigmoid unit is always positive and
  /// never dead in this sense.
  public let isDead: Bool
  public let histogram: Histogram

  /// Whether all scores are positive. A rectified unit that is always on is a linear function of its inputs on this
  /// set; a sigmoid unit is always on by its nature.
  public var isAlwaysOn: Bool { positive.count == positive.total }

  /// The statistics of each direction of a ranking, from a second pass over the features.
  ///
  /// Memory: the scores of a few directions at a time, never images × directions.
  ///
  /// - Parameters:
  ///   - ranking: A ranking of the same features along the same directions, without an offset.
  ///   - binCount: Number of histogram bins.
  /// - Returns: One per direction, in their order. Empty when there are no images.
  public static func table(
    of features: FeatureMatrix, along directions: DirectionSet, ranking: Ranking, binCount: Int = 60,
    workerCount: Int = Workers.defaultCount
  ) -> [ActivationStatistics] {
    precondition(ranking.directionIDs == directions.ids, "the ranking is of other directions")
    guard features.imageCount > 0 else { return [] }
    let context = Context(features, directions, topCount: ranking.topCount, binCount: binCount)
    return DirectionScores.map(of: features, along: directions, workerCount: workerCount) {
      direction, scores in
      ActivationStatistics(of: scores, direction: direction, in: context)
    }
  }

  /// Context shared by the statistics of all directions of a set.
  struct Context: Sendable {
    let ids: [String]
    let topCount: Int
    let areNeurons: Bool
    let binCount: Int
    /// Per direction: scores within twice this may differ by rounding alone, rounding of the features included.
    let uncertainty: [Float]

    init(_ features: FeatureMatrix, _ directions: DirectionSet, topCount: Int, binCount: Int) {
      precondition(topCount > 0, "a top set has at least one image, got \(topCount)")
      ids = directions.ids
      self.topCount = topCount
      areNeurons = directions.neuronIndices != nil
      self.binCount = binCount
      uncertainty = Scores(features: features, directions: directions).uncertainty
    }
  }

  /// - Parameter scores: Scores of at least one image.
  init(of scores: DirectionScores, direction: Int, in context: Context) {
    let values = scores.values
    let sorted = scores.ascending
    let top = scores.highest(context.topCount).map { values[$0] }
    let last = top[top.count - 1]
    var sums = (values: 0.0, sizes: 0.0, squares: 0.0)
    var counts = (positive: 0, zero: 0, tied: 0)
    for value in values {
      sums.values += Double(value)
      sums.sizes += Double(abs(value))
      sums.squares += Double(value) * Double(value)
      if value > 0 { counts.positive += 1 } else if value == 0 { counts.zero += 1 }
      if value == last { counts.tied += 1 }
    }
    let count = Double(values.count)
    let mean = sums.values / count
    let deviation = Statistics.standardDeviation(values)
    let isConstant = sorted[sorted.count - 1] - sorted[0] <= 2 * context.uncertainty[direction]
    let shape = isConstant ? nil : Self.shape(of: values, mean: mean)
    directionID = context.ids[direction]
    imageCount = values.count
    self.mean = mean
    standardDeviation = deviation
    skewness = shape?.skewness
    excessKurtosis = shape?.excessKurtosis
    hoyerSparsity =
      count > 1 && sums.squares > 0
      ? (count.squareRoot() - sums.sizes / sums.squares.squareRoot()) / (count.squareRoot() - 1) : nil
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
    quantiles = Self.probabilities.compactMap { Statistics.quantile($0, ofSorted: sorted) }
    positive = Proportion(counts.positive, of: values.count)
    zero = Proportion(counts.zero, of: values.count)
    let topMean = Statistics.mean(top)
    if !isConstant, let deviation, deviation > 0, let topMean {
      tailGap = (topMean - mean) / deviation
    } else {
      tailGap = nil
    }
    topThreshold = last
    tiesAtLastRank = counts.tied
    self.isConstant = isConstant
    isDead = context.areNeurons && sorted[0] >= 0 && counts.positive < top.count
    histogram = Histogram(of: values, binCount: context.binCount)
  }

  /// `nil` when nothing varies.
  private static func shape(of values: [Float], mean: Double) -> (skewness: Double, excessKurtosis: Double)? {
    var sums = (second: 0.0, third: 0.0, fourth: 0.0)
    for value in values {
      let difference = Double(value) - mean
      let square = difference * difference
      sums.second += square
      sums.third += square * difference
      sums.fourth += square * square
    }
    let count = Double(values.count)
    let variance = sums.second / count
    guard variance > 0 else { return nil }
    return (
      sums.third / count / (variance * variance.squareRoot()), sums.fourth / count / (variance * variance) - 3
    )
  }
}

extension ActivationStatistics: Checked {
  public func check() throws(CheckFailure) {
    try requirePart(tiesAtLastRank, of: imageCount, "tiesAtLastRank")
    try requireNotNegative(standardDeviation, "standardDeviation")
  }
}
