import Tensors

/// Images from all levels of a direction's scores, not only from its top.
///
/// A top set shows what excites a unit most, not what it usually responds to. All N images are ordered by descending
/// score, and groups of ranks are formed; from each a few images are drawn.
///
///     top              ranks 1 … k                        all of them
///     just below       ranks k + 1 … 10 (k + 1)           10 … 100 for k = 9
///     p-th percentile  N / 100 ranks around (N − 1)(1 − p) + 1,   p = 0.95, 0.75, 0.5
///     random           ranks 1 … N
///     bottom           the last 3 ranks;  or zeros: every image with the score 0
///
/// The ranks of the top are those of ``Ranking``. Below it equal scores are in random order: a rectified unit is zero
/// for thousands of images, whose order often follows their classes. If the lowest score is 0 and three images or more
/// have it, the lower end of a rectified unit has no meaningful order; then images are drawn from all of its zeros.
///
/// The groups are defined by ranks, not by score intervals. With few images they overlap.
public struct Strata: Equatable, Codable, Sendable {
  public enum Kind: String, CaseIterable, Codable, Sendable {
    case top
    case justBelow = "just below"
    case percentile95 = "95th percentile"
    case percentile75 = "75th percentile"
    case median
    case random
    case bottom
    case zeros

    /// Number of images drawn from the group; nil for all of them.
    public var drawnCount: Int? {
      switch self {
      case .top: nil
      case .justBelow: 6
      case .percentile95, .percentile75, .median: 5
      case .random, .bottom, .zeros: 3
      }
    }
  }

  public struct Group: Equatable, Codable, Sendable {
    public let kind: Kind
    /// The first rank of the group, from 1.
    public let firstRank: Int
    /// Number of images in the group, from which ``images`` are drawn.
    public let size: Proportion
    public let highest: Float
    public let lowest: Float
    /// In order of rank.
    public let images: [RankedImage]
  }

  /// From the highest scores down, the random group second to last. Empty groups are omitted.
  public let groups: [Group]

  /// - Parameters:
  ///   - scores: Scores of all images; see ``FeatureMatrix/scores(along:row:)``. Finite.
  ///   - topCount: k, at least 1.
  ///   - limit: Maximum number of images drawn from every group but the top.
  ///   - generator: The direction's own stream.
  public init(
    scores: [Float], topCount: Int, drawing limit: Int = .max,
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(topCount > 0, "the top has at least one image, got \(topCount)")
    let count = scores.count
    let order = Self.order(of: scores, topCount: topCount, using: &generator)
    let zeros = scores.count { $0 == 0 }
    let isRectified = zeros >= 3 && scores.allSatisfy { $0 >= 0 }
    let lower: (Kind, Range<Int>) =
      isRectified ? (.zeros, count - zeros..<count) : (.bottom, max(count - 3, 0)..<count)
    let parts: [(kind: Kind, places: Range<Int>)] = [
      (.top, 0..<min(topCount, count)),
      (.justBelow, min(topCount, count)..<min(10 * (topCount + 1), count)),
      (.percentile95, Self.window(around: 0.95, count: count)),
      (.percentile75, Self.window(around: 0.75, count: count)),
      (.median, Self.window(around: 0.5, count: count)),
      (.random, 0..<count), lower,
    ]
    var groups: [Group] = []
    for (kind, places) in parts where !places.isEmpty {
      let drawn = min(kind.drawnCount.map { min($0, limit) } ?? places.count, places.count)
      let chosen = generator.sample(drawn, of: places.count).map { places.lowerBound + $0 }.sorted()
      groups.append(
        Group(
          kind: kind, firstRank: places.lowerBound + 1, size: Proportion(places.count, of: count),
          highest: scores[order[places.lowerBound]], lowest: scores[order[places.upperBound - 1]],
          images: chosen.map { RankedImage(imageIndex: order[$0], score: scores[order[$0]]) }))
    }
    self.groups = groups
  }

  /// All images, with the top k as in ``Ranking`` and equal scores below in random order.
  private static func order(
    of scores: [Float], topCount: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    let ranked = scores.indices.sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    let lot = generator.permutation(scores.count)
    let rest = ranked.dropFirst(topCount).sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : lot[$0] < lot[$1]
    }
    return ranked.prefix(topCount) + rest
  }

  /// One per cent of all positions, at least five, around a quantile.
  private static func window(around probability: Double, count: Int) -> Range<Int> {
    let length = min(max(count / 100, 5), count)
    let centre = Double(max(count - 1, 0)) * (1 - probability)
    let start = Int((centre - Double(length - 1) / 2).rounded())
    let first = min(max(start, 0), count - length)
    return first..<first + length
  }
}

extension Strata.Group: Checked {
  public func check() throws(CheckFailure) {
    try require(lowest <= highest, "highest", "expected \(lowest) or above, found \(highest)")
  }
}
