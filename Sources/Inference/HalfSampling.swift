import Tensors

/// How much a statistic of a probe set depends on the choice of images: its distribution over random halves of the
/// images, drawn without replacement.
///
///     θ*_b = θ(m images),  m = ⌊N/2⌋,  b = 1 … B
///     sd(θ̂) ≈ √(m/(N − m)) · sd(θ*)          the factor is 1 for even N
///
/// For a mean, the variance of a half drawn without replacement is (1 − m/N) S²/m: that of the whole, S²/N, at
/// m = N/2. McCarthy (1969), "Pseudo-replication: half samples"; Politis and Romano (1994) for the general case.
///
/// The ordinary bootstrap is wrong here: it draws images twice, both copies enter one top set, and the statistic treats
/// them as two images that agree. For the same reason, near-duplicates should be removed from the set first.
public struct HalfSampling: Hashable, Sendable {
  /// N
  public let imageCount: Int
  /// B
  public let drawCount: Int
  public let seed: UInt64

  public init(imageCount: Int, drawCount: Int = 200, seed: UInt64) {
    precondition(imageCount >= 2, "half of \(imageCount) images is none")
    precondition(drawCount >= 2, "a spread needs two draws, got \(drawCount)")
    precondition(UInt32(exactly: drawCount) != nil, "at most 2³² − 1 draws, got \(drawCount)")
    (self.imageCount, self.drawCount, self.seed) = (imageCount, drawCount, seed)
  }

  /// The images of one half, ascending. Depends only on the seed and the draw number.
  public func half(_ draw: Int) -> [Int] {
    var generator = SeededGenerator(seed: seed, purpose: "half-sample", index: draw)
    return generator.sample(imageCount / 2, of: imageCount).sorted()
  }

  /// - Parameters:
  ///   - workerCount: Changes the time only.
  ///   - statistic: Computed from some of the images, given by ascending indices; called with every half, and once with
  ///     all. Finite, and the same whenever it is called with the same images.
  public func estimate(
    workerCount: Int = Workers.defaultCount, _ statistic: @Sendable ([Int]) -> Double
  ) -> HalfSampleEstimate {
    // The whole set comes last, so that it does not delay the others.
    let values = Workers.map(count: drawCount + 1, workerCount: workerCount) { draw in
      statistic(draw < drawCount ? half(draw) : Array(0..<imageCount))
    }
    precondition(values.allSatisfy(\.isFinite), "a statistic of half the images was not finite")
    return HalfSampleEstimate(
      value: values[drawCount], imageCount: imageCount, replicates: Array(values[..<drawCount]))
  }
}

/// A statistic of all images with its spread over halves of them.
public struct HalfSampleEstimate: Hashable, Codable, Sendable {
  /// θ̂, from all images.
  public let value: Double
  public let imageCount: Int
  /// θ* of each half, in the order drawn.
  public let replicates: [Double]

  /// The factor from the spread of the halves to that of the whole; 1 for an even number of images.
  private var scale: Double {
    let half = imageCount / 2
    return (Double(half) / Double(imageCount - half)).squareRoot()
  }

  private var moments: SampleMoments { SampleMoments(replicates) }

  /// The mean of the halves minus the value of the whole. The top k of half as many images are less extreme, so it need
  /// not be 0; the interval ignores it.
  public var shift: Double { moments.mean - value }

  /// Estimated standard deviation of ``value`` over probe sets of this size.
  public var standardError: Double { scale * (moments.standardDeviation ?? 0) }

  /// Interval for the statistic in the population.
  ///
  ///     θ̂ − c q_{1−α/2} … θ̂ − c q_{α/2}          q: quantiles of θ* − mean θ*,  c = √(m/(N − m))
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    precondition(0 < level && level < 1, "a level lies between 0 and 1, got \(level)")
    let mean = moments.mean
    let deviations = replicates.map { $0 - mean }.sorted()
    let tail = (1 - level) / 2
    let low = Statistics.quantile(tail, ofSorted: deviations) ?? 0
    let high = Statistics.quantile(1 - tail, ofSorted: deviations) ?? 0
    return ConfidenceInterval(lower: value - scale * high, upper: value - scale * low, level: level)
  }
}

extension HalfSampleEstimate: Checked {
  public func check() throws(CheckFailure) {
    try require(imageCount >= 2, "imageCount", "half of \(imageCount) images is none")
    try require(replicates.count >= 2, "replicates", "a spread needs two values, found \(replicates.count)")
  }
}
