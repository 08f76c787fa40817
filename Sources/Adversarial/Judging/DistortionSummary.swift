import Tensors

/// A measure of the size of a perturbation.
public enum DistortionMeasure: String, CaseIterable, Codable, Sendable {
  case l0, l1, l2, linf
  /// √( Σ d² / n ): the distortion of Szegedy et al. (2013).
  case rootMeanSquare

  public func callAsFunction(_ distortion: Distortion) -> Double {
    switch self {
    case .l0: Double(distortion.l0)
    case .l1: distortion.l1
    case .l2: distortion.l2
    case .linf: distortion.linf
    case .rootMeanSquare: distortion.rootMeanSquare
    }
  }
}

/// The distribution of distortion over an attack's successes, in one measure. Failures have no distortion and are
/// excluded: read it with the success rate, or an attack that only fools the easy images looks best.
public struct DistortionSummary: Equatable, Codable, Sendable {
  public let measure: DistortionMeasure
  public let successCount: Int
  /// As reported by Szegedy et al. (2013), if the measure is theirs.
  public let mean: Double
  public let least: Double
  public let lowerQuartile: Double
  public let median: Double
  public let upperQuartile: Double
  public let greatest: Double

  /// - Returns: `nil` when nothing succeeded.
  public init?(of images: [AttackedImage], measure: DistortionMeasure) {
    let values = images.filter { $0.verdict == .succeeded }.map { measure($0.distortion) }.sorted()
    func quantile(_ probability: Double) -> Double? {
      Statistics.quantile(probability, ofSorted: values)
    }
    guard let least = values.first, let greatest = values.last, let lower = quantile(0.25),
      let median = quantile(0.5), let upper = quantile(0.75)
    else { return nil }
    self.measure = measure
    successCount = values.count
    mean = values.reduce(0, +) / Double(values.count)
    (self.least, lowerQuartile, self.median, upperQuartile, self.greatest) = (
      least, lower, median, upper, greatest
    )
  }
}

/// Number of successes in each of several distortion bins of equal width.
public struct DistortionHistogram: Equatable, Codable, Sendable {
  public let measure: DistortionMeasure
  /// One more than there are bins. A bin includes its lower edge and excludes its upper one, except for the last.
  public let edges: [Double]
  public let counts: [Int]

  /// - Parameters:
  ///   - range: From the first edge to the last; successes outside are left out. The values' own range by default.
  /// - Returns: `nil` when nothing succeeded and no range is given.
  public init?(
    of images: [AttackedImage], measure: DistortionMeasure, binCount: Int, range: ClosedRange<Double>? = nil
  ) {
    precondition(binCount > 0, "a histogram has at least one bin, got \(binCount)")
    let values = images.filter { $0.verdict == .succeeded }.map { measure($0.distortion) }
    let own = values.min().flatMap { least in values.max().map { least...$0 } }
    guard let range = range ?? own else { return nil }
    let width = (range.upperBound - range.lowerBound) / Double(binCount)
    self.measure = measure
    edges = (0...binCount).map { $0 == binCount ? range.upperBound : range.lowerBound + Double($0) * width }
    var counts = [Int](repeating: 0, count: binCount)
    for value in values where range.contains(value) {
      // Compared with the edges themselves, so that rounding cannot put a value at an edge in the wrong bin.
      let bin = edges.lastIndex { $0 <= value }!
      counts[min(bin, binCount - 1)] += 1
    }
    self.counts = counts
  }
}

extension DistortionSummary: Checked {
  public func check() throws(CheckFailure) {
    let points = [least, lowerQuartile, median, upperQuartile, greatest]
    try requireSome(successCount, "successCount")
    try require(points == points.sorted(), "median", "the quartiles are out of order: \(points)")
  }
}
