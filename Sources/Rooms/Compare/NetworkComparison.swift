import Directions
import Inference
import Tensors

/// Everything that a comparison measures on one network.
public struct NetworkComparison: Codable, Equatable, Sendable {
  /// One measure of ``CoherenceReport``, mean over the directions that have it.
  public struct Metric: Codable, Equatable, Sendable {
    public var name: String
    public var neurons: Double?
    public var random: Double?
  }

  /// Activations of one unit, or scores along one random direction.
  public struct Activations: Codable, Equatable, Sendable {
    public var id: String
    public var histogram: Histogram
    public var zero: Proportion
    /// Score of the last image of the top set.
    public var topThreshold: Float
  }

  /// From 1.
  public var number: Int
  /// See `Model.checksum`.
  public var modelChecksum: String
  /// Correct predictions among the images looked at.
  public var correct: Proportion
  public var comparison: LayerComparison
  /// κ of as many independent random directions, `[size][direction]`.
  public var randomAgreement: [[Double]]
  public var units: [UnitTest]
  /// In the order of ``Rung/Control``.
  public var ladder: [Rung]
  public var bases: [BasisScore]
  /// In the order of the declared doses.
  public var doses: [DoseResponse]
  public var variations: [Variation]
  /// Of the difference between neurons and random directions; nil where half of the images is no top set.
  public var sampling: HalfSampleEstimate?
  /// Measures of single directions.
  public var metrics: [Metric]
  /// Numbers of the two bases as a whole.
  public var basisMetrics: [Metric]
  /// Of a few units, then of as many random directions.
  public var activations: [Activations]

  /// Of the lists that several networks are compared by; the same in all of them.
  var lengths: [Int] {
    [
      comparison.topCounts.count, comparison.opinions.count, doses.count, metrics.count, basisMetrics.count,
    ]
  }
}

extension NetworkComparison: Checked {
  public func check() throws(CheckFailure) {
    try requireSome(randomAgreement.first?.count ?? 0, "randomAgreement")
    let controls = Set(ladder.map(\.control))
    for control in Rung.Control.allCases {
      try require(controls.contains(control), "ladder", "lacks \(control.rawValue)")
    }
  }
}
