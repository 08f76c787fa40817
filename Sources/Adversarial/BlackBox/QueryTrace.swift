import Tensors

/// The queries of a black-box attack on one image, and its results as a function of their number.
public struct QueryTrace: Equatable, Codable, Sendable {
  /// An adversarial image nearer than all before.
  public struct Improvement: Equatable, Codable, Sendable {
    /// Number of queries so far, including this one.
    public let query: Int
    /// Distance in the norm of the threat model.
    public let distance: Double

    public init(query: Int, distance: Double) {
      self.query = query
      self.distance = distance
    }
  }

  /// Number of queries for this image, including those without new information.
  public private(set) var queryCount = 0
  /// In ascending order of query; distances decrease. Decreases below one per cent are not kept, except the last.
  public private(set) var improvements: [Improvement] = []
  /// Whether two answers were different; nil before the first, and in records of earlier versions.
  public private(set) var answersDiffer: Bool?

  public init() {}

  /// Number of queries until the first success; `nil` without one.
  public var firstSuccess: Int? { improvements.first?.query }

  /// The smallest distance after this many queries; `nil` without success.
  public func distance(after queries: Int) -> Double? {
    improvements.last { $0.query <= queries }?.distance
  }

  /// Counts a query that revealed no nearer image.
  ///
  /// - Parameter differs: Whether its answer is another than that of the first query.
  mutating func count(differs: Bool) {
    queryCount += 1
    answersDiffer = answersDiffer == true || differs
  }

  /// Records that the last query found an image nearer than all before.
  mutating func improve(to distance: Double) {
    // The first is always kept, as it marks the success, and so is the last.
    if improvements.count > 2,
      improvements[improvements.count - 1].distance > 0.99 * improvements[improvements.count - 2].distance
    {
      improvements.removeLast()
    }
    improvements.append(Improvement(query: queryCount, distance: distance))
  }
}

extension QueryTrace: Checked {
  public func check() throws(CheckFailure) {
    for improvement in improvements {
      try requirePart(improvement.query, of: queryCount, "improvements")
      try requireNotNegative(improvement.distance, "improvements")
    }
  }
}
