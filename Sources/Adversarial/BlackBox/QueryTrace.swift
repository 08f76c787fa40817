import Tensors

/// What a black-box attack on one image cost, and what it had after how many queries.
public struct QueryTrace: Equatable, Codable, Sendable {
  /// An adversarial image nearer than those before.
  public struct Improvement: Equatable, Codable, Sendable {
    /// How many queries had been asked by then, this one included.
    public let query: Int
    /// In the norm of the threat model.
    public let distance: Double

    public init(query: Int, distance: Double) {
      self.query = query
      self.distance = distance
    }
  }

  /// All that were asked for this image, those that told nothing new included.
  public private(set) var queryCount = 0
  /// By ascending query; distances fall. Falls of less than a hundredth are not kept, but for the last.
  public private(set) var improvements: [Improvement] = []
  /// Whether two answers were different; nil before the first, and in records of earlier versions.
  public private(set) var answersDiffer: Bool?

  public init() {}

  /// Queries until the first success; `nil` without one.
  public var firstSuccess: Int? { improvements.first?.query }

  /// The nearest after so many queries; `nil`: nothing yet.
  public func distance(after queries: Int) -> Double? {
    improvements.last { $0.query <= queries }?.distance
  }

  /// One more query, which told of no nearer image.
  ///
  /// - Parameter differs: Whether its answer is another than that of the first query.
  mutating func count(differs: Bool) {
    queryCount += 1
    answersDiffer = answersDiffer == true || differs
  }

  /// The query counted last met an image nearer than all before.
  mutating func improve(to distance: Double) {
    // The first stays: it says when the attack succeeded. So does the last, whatever comes.
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
