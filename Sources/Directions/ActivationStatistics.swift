import Tensors

/// How the scores of all images along one direction are distributed.
///
/// Scores of neurons are the activations themselves. Scores along other directions come from a product in single
/// precision and carry its rounding (relative 1e-5 or less); ``tiesAtLastRank`` alone is decided exactly.
public struct ActivationStatistics: Equatable, Codable, Sendable {
  /// Probabilities of ``quantiles``.
  public static let probabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999]

  public let directionID: String
  public let imageCount: Int
  public let mean: Double
  /// With n − 1; `nil` for one image.
  public let standardDeviation: Double?
  public let minimum: Float
  public let maximum: Float
  /// At ``probabilities``, interpolated.
  public let quantiles: [Double]
  /// Scores above 0.
  public let positive: Proportion
  /// Scores equal to 0.
  public let zero: Proportion
  /// z_k = (mean of the top k − mean) / standard deviation: how far the top set stands out. `nil` when nothing varies.
  public let tailGap: Double?
  /// Score of the last image of the top set: everything to its right in the histogram is shown.
  public let topThreshold: Float
  /// Images of the whole set whose score equals ``topThreshold``. 1: no tie. More: the image index decided which
  /// of them are shown.
  public let tiesAtLastRank: Int
  /// All scores are the same, within rounding: the ranking is the order of the images and means nothing. A
  /// saturated sigmoid or tanh unit ends here.
  public let isConstant: Bool
  /// A rectified unit that is positive for fewer than k images, so that its top set shows images it does not
  /// respond to (max ≤ 0 is the case of none).
  ///
  /// Zero means "off" after a rectifier only. The flag is therefore never set for a direction that is not a
  /// neuron, nor for a neuron with a negative score (tanh, pre-activation, leaky rectifier); a sigmoid unit is
  /// always positive and never dead in this sense.
  public let isDead: Bool
  public let histogram: Histogram

  /// The statistics of each direction of a ranking, from a second pass over the features.
  ///
  /// Memory: the scores of a few directions at a time, never images × directions.
  ///
  /// - Parameters:
  ///   - ranking: Of the same features along the same directions, without an offset.
  ///   - binCount: Bins of the histograms.
  /// - Returns: One per direction, in their order. Empty when there are no images.
  public static func table(
    of features: FeatureMatrix, along directions: DirectionSet, ranking: Ranking, binCount: Int = 60,
    workerCount: Int = Workers.defaultCount
  ) -> [ActivationStatistics] {
    precondition(ranking.directionIDs == directions.ids, "the ranking is of other directions")
    let imageCount = features.imageCount
    guard imageCount > 0 else { return [] }
    let scores = Scores(features: features, directions: directions)
    let scoresAtOnce = 4 << 20  // 16 MiB per worker
    let chunks = scores.directionChunks(workerCount: workerCount, limit: max(1, scoresAtOnce / imageCount))
    let tables = Workers.map(count: chunks.count, workerCount: workerCount) { chunk in
      let rows = chunks[chunk]
      return withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * imageCount) { buffer in
        scores.write(images: 0..<imageCount, directions: rows, to: buffer, stride: imageCount)
        return rows.enumerated().map { place, direction in
          let values = UnsafeBufferPointer(rebasing: buffer[place * imageCount..<(place + 1) * imageCount])
          return ActivationStatistics(
            values, direction: direction, id: directions.ids[direction], scores: scores,
            topImages: ranking.topImages[direction], topCount: ranking.topCount,
            isNeuron: directions.neuronIndices != nil, binCount: binCount)
        }
      }
    }
    return tables.flatMap { $0 }
  }

  private init(
    _ values: UnsafeBufferPointer<Float>, direction: Int, id: String, scores: Scores,
    topImages: [RankedImage], topCount: Int, isNeuron: Bool, binCount: Int
  ) {
    let last = topImages[topImages.count - 1].score
    let uncertainty = scores.uncertainty[direction]
    let sorted = values.sorted()
    var sum = 0.0
    var positiveCount = 0
    var zeroCount = 0
    var ties = 0
    for (image, value) in values.enumerated() {
      sum += Double(value)
      if value > 0 { positiveCount += 1 } else if value == 0 { zeroCount += 1 }
      if !(abs(value - last) > uncertainty), scores.exact(image: image, direction: direction) == last {
        ties += 1
      }
    }
    let mean = sum / Double(values.count)
    let deviation = Statistics.standardDeviation(values)
    let isConstant = sorted[sorted.count - 1] - sorted[0] <= 2 * uncertainty
    directionID = id
    imageCount = values.count
    self.mean = mean
    standardDeviation = deviation
    minimum = sorted[0]
    maximum = sorted[sorted.count - 1]
    quantiles = Self.probabilities.compactMap { Statistics.quantile($0, ofSorted: sorted) }
    positive = Proportion(positiveCount, of: values.count)
    zero = Proportion(zeroCount, of: values.count)
    let topMean = Statistics.mean(topImages.map(\.score))
    if !isConstant, let deviation, deviation > 0, let topMean {
      tailGap = (topMean - mean) / deviation
    } else {
      tailGap = nil
    }
    topThreshold = last
    tiesAtLastRank = ties
    self.isConstant = isConstant
    isDead = isNeuron && sorted[0] >= 0 && positiveCount < min(topCount, values.count)
    histogram = Histogram(of: values, binCount: binCount)
  }
}
