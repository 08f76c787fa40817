import Tensors

extension BootstrapInterval {
  /// The same interval for any statistic of clustered values, such as the answers of participants.
  ///
  ///     replicate = statistic of as many clusters as there are, drawn with replacement and each taken whole
  ///     m₍ᵢ₎      = statistic without cluster i
  ///
  /// Answers of one participant are correlated, so they are not drawn individually: an interval that treated them as
  /// independent would be too narrow. Efron (1987); Davison, Hinkley (1997), section 3.8.
  ///
  /// With the mean over clusters as the statistic, it is ``ofMean(_:level:drawCount:seed:)``: the same draws.
  ///
  /// - Parameters:
  ///   - clusterCount: At least ``leastCount``, else there is no interval.
  ///   - seed: The same seed gives the same bits, and the same draws to every statistic of as many clusters.
  ///   - statistic: Computed from these clusters; a repeated number counts twice. nil if it is undefined there.
  /// - Returns: `nil` for too few clusters, where the statistic is undefined for a drawn sample, and in the rare case
  ///   that the corrections leave no quantile to take.
  public static func ofStatistic(
    clusterCount: Int, level: Double = 0.95, drawCount: Int = 9_999, seed: UInt64,
    _ statistic: (_ clusters: [Int]) -> Double?
  ) -> ConfidenceInterval? {
    precondition(drawCount >= 1, "a bootstrap needs at least one draw, got \(drawCount)")
    guard clusterCount >= leastCount, let estimate = statistic(Array(0..<clusterCount)) else { return nil }
    var generator = SeededGenerator(seed: seed, purpose: "bootstrap")
    var replicates: [Double] = []
    replicates.reserveCapacity(drawCount)
    var drawn = [Int](repeating: 0, count: clusterCount)
    for _ in 0..<drawCount {
      for place in drawn.indices { drawn[place] = Int(generator.next(upperBound: UInt64(clusterCount))) }
      guard let replicate = statistic(drawn) else { return nil }
      replicates.append(replicate)
    }
    var leftOut: [Double] = []
    for cluster in 0..<clusterCount {
      guard let value = statistic((0..<clusterCount).filter { $0 != cluster }) else { return nil }
      leftOut.append(value)
    }
    return interval(estimate: estimate, replicates: replicates, leftOut: leftOut, level: level)
  }
}
