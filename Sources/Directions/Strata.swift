import Tensors

/// Images from every height of a direction's scores, not from its top alone.
///
/// A top set says what excites a unit most, not what it usually answers to. All N images are put in one order,
/// score descending, and groups of ranks are cut out of it; from each a few images are drawn.
///
///     top              ranks 1 … k                        all of them
///     just below       ranks k + 1 … 10 (k + 1)           10 … 100 for k = 9
///     p-th percentile  N / 100 ranks around (N − 1)(1 − p) + 1,   p = 0.95, 0.75, 0.5
///     random           ranks 1 … N
///     bottom           the last 3 ranks;  or zeros: every image with the score 0
///
/// The ranks of the top are those of ``Ranking``. Below it equal scores stand in random order: a rectified unit is
/// zero for thousands of images, and their numbers often follow their classes. Where the lowest score is 0 and
/// three images or more have it, the lower end of a rectified unit is a pile that no order can be read from; then
/// images are drawn from all of the pile.
///
/// The groups have equal counts of images, not equal widths of scores. With few images they overlap.
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

    /// How many images are drawn from the group; nil: all of them.
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
    /// First rank of the group, counted from 1.
    public let firstRank: Int
    /// Images in the group, of which ``images`` are a few.
    public let size: Proportion
    public let highest: Float
    public let lowest: Float
    /// By rank.
    public let images: [RankedImage]
  }

  /// From the highest scores down, the random group before the last. A group that would hold no image is left out.
  public let groups: [Group]

  /// - Parameters:
  ///   - scores: Of all images; see ``FeatureMatrix/scores(along:row:)``. Finite.
  ///   - topCount: k, at least 1.
  ///   - limit: Of every group but the top, so many images are drawn at most.
  ///   - generator: A stream that belongs to the direction.
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

  /// All images, the top k as ``Ranking`` has them, equal scores below in random order.
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

  /// A hundredth of all places, at least five, around a quantile.
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
