import Tensors

/// One trial of a two-alternative forced choice: which of two queries belongs to the high references?
public struct ChoiceTrial: Equatable, Codable, Sendable {
  public let highQuery: Int
  public let highReferences: [Int]
  public let lowQuery: Int
  public let lowReferences: [Int]
}

/// The trials for one direction.
///
/// The high side is that of IMI (Zimmermann, Klein, Brendel 2023, "Scale alone does not improve mechanistic
/// interpretability in vision models", <https://arxiv.org/abs/2307.05471>): the (K + 1) n images with the highest
/// scores are divided into K + 1 strata of n, each stratum is shuffled, and a trial gets one image of each. The query
/// is from the most extreme stratum. Published scores differ in the low side, so a score is meaningless without its
/// ``Variant``.
///
/// The low side never repeats an image of the high side.
public struct ChoiceTrials: Equatable, Codable, Sendable {
  /// Images to distinguish the high images from.
  public enum Variant: String, CaseIterable, Codable, Sendable {
    /// Random images.
    case vsRandom
    /// Random images with the labels of the high ones, query for query and reference for reference.
    case vsSameLabel
    /// The images with the lowest scores, in strata like the high ones: the layout of IMI. For signed scores only.
    ///
    /// A rectified unit's lowest scores are mostly exact zeros, whose images have nothing in common, while a signed
    /// direction has a second pole; the two cannot be compared this way. It saturates on small data sets.
    case vsMin
  }

  /// Number of images shown.
  public struct Layout: Equatable, Codable, Sendable {
    /// K, the references on each side.
    public let referenceCount: Int
    /// n.
    public let trialCount: Int

    public init(referenceCount: Int = 9, trialCount: Int = 20) {
      precondition(
        referenceCount > 0 && trialCount > 0,
        "a choice needs a trial and a reference, got \(trialCount) and \(referenceCount)")
      self.referenceCount = referenceCount
      self.trialCount = trialCount
    }

    /// (K + 1) n, the images of one side.
    public var imageCount: Int { (referenceCount + 1) * trialCount }
  }

  public let variant: Variant
  public let layout: Layout
  /// The trials; empty when there is a ``reason``.
  public let trials: [ChoiceTrial]
  /// Why there are no trials; `nil` if there are some.
  public let reason: String?

  /// - Parameters:
  ///   - scores: Scores of all images along the direction.
  ///   - labels: Labels of the same images.
  ///   - index: Number of the direction in its set: each has its own draws. All variants of a direction share its high
  ///     side.
  public init(
    _ variant: Variant, layout: Layout = Layout(), scores: DirectionScores, labels: ClassLabels, seed: UInt64,
    index: Int
  ) {
    precondition(
      scores.imageCount == labels.values.count,
      "\(labels.values.count) labels are not those of \(scores.imageCount) scores")
    self.variant = variant
    self.layout = layout
    guard scores.imageCount >= 2 * layout.imageCount else {
      trials = []
      reason = "two sides need \(2 * layout.imageCount) images, got \(scores.imageCount)"
      return
    }
    let high = Self.highSide(scores.highest(layout.imageCount), layout, seed: seed, index: index)
    switch Self.lowSide(variant, high, layout, scores, labels, seed: seed, index: index) {
    case .success(let low):
      trials = Self.trials(high, low)
      reason = nil
    case .failure(let shortage):
      trials = []
      reason = shortage.reason
    }
  }

  /// The trials of ``Variant/vsRandom`` for a direction of which only the top images are known.
  ///
  /// - Parameters:
  ///   - highest: The images with the highest scores, best first, as many as the layout has on one side.
  ///   - imageCount: Size of the probe set, at least twice as many.
  init(againstRandom highest: [Int], imageCount: Int, layout: Layout, seed: UInt64, index: Int) {
    precondition(
      highest.count == layout.imageCount && imageCount >= 2 * layout.imageCount,
      "two sides of \(layout.imageCount) images do not come from \(highest.count) of \(imageCount)")
    variant = .vsRandom
    self.layout = layout
    trials = Self.trials(
      Self.highSide(highest, layout, seed: seed, index: index),
      Self.randomSide(without: highest, imageCount, layout, seed: seed, index: index))
    reason = nil
  }

  private struct Shortage: Error {
    let reason: String
  }

  /// Divides images, most extreme first, into strata, and gives each trial one of each: query first.
  private static func dealt(_ images: [Int], _ layout: Layout, _ generator: inout SeededGenerator) -> [[Int]]
  {
    var hands = [[Int]](repeating: [], count: layout.trialCount)
    for stratum in Workers.pieces(of: images.count, length: layout.trialCount) {
      for (trial, place) in generator.permutation(layout.trialCount).enumerated() {
        hands[trial].append(images[stratum.lowerBound + place])
      }
    }
    return hands
  }

  private static func highSide(_ highest: [Int], _ layout: Layout, seed: UInt64, index: Int) -> [[Int]] {
    var generator = SeededGenerator(seed: seed, purpose: "high side of a choice", index: index)
    return dealt(highest, layout, &generator)
  }

  private static func trials(_ high: [[Int]], _ low: [[Int]]) -> [ChoiceTrial] {
    zip(high, low).map { high, low in
      ChoiceTrial(
        highQuery: high[0], highReferences: Array(high[1...]), lowQuery: low[0],
        lowReferences: Array(low[1...]))
    }
  }

  /// Random images that are not among the high ones.
  private static func randomSide(
    without highest: [Int], _ imageCount: Int, _ layout: Layout, seed: UInt64, index: Int
  ) -> [[Int]] {
    var generator = SeededGenerator(seed: seed, purpose: "choice against random images", index: index)
    let drawn = generator.sample(layout.imageCount, of: imageCount - highest.count)
    // The j-th of the others, without listing them: high image i of the ascending ones comes before it if at most j
    // others do.
    let othersBefore = highest.sorted().enumerated().map { $1 - $0 }
    let images = drawn.map { number in
      var (low, high) = (0, othersBefore.count)
      while low < high {
        let middle = (low + high) / 2
        if othersBefore[middle] <= number { low = middle + 1 } else { high = middle }
      }
      return number + low
    }
    return Workers.pieces(of: images.count, length: layout.referenceCount + 1).map { Array(images[$0]) }
  }

  private static func lowSide(
    _ variant: Variant, _ high: [[Int]], _ layout: Layout, _ scores: DirectionScores, _ labels: ClassLabels,
    seed: UInt64, index: Int
  ) -> Result<[[Int]], Shortage> {
    switch variant {
    case .vsRandom:
      return .success(
        randomSide(
          without: scores.highest(layout.imageCount), scores.imageCount, layout, seed: seed, index: index))
    case .vsSameLabel:
      var generator = SeededGenerator(seed: seed, purpose: "choice against the same label", index: index)
      let needed = labels.counts(among: high.joined())
      var pools = [[Int]](repeating: [], count: labels.classCount)
      for image in scores.order[layout.imageCount...].sorted() { pools[labels.values[image]].append(image) }
      for (label, count) in needed.enumerated() {
        guard count <= pools[label].count else {
          return .failure(
            Shortage(
              reason: "\(count) of the high images are of class \(label), and \(pools[label].count) are left")
          )
        }
        pools[label] = generator.sample(count, of: pools[label].count).map { pools[label][$0] }
      }
      return .success(high.map { hand in hand.map { pools[labels.values[$0]].removeLast() } })
    case .vsMin:
      let low = scores.lowest(layout.imageCount + 1)
      let edge = scores.values[low[layout.imageCount - 1]]
      guard scores.values[low[layout.imageCount]] != edge else {
        let ties = scores.values.count { $0 == edge }
        return .failure(
          Shortage(reason: "\(ties) images tie at \(edge), so the low side is not theirs to choose"))
      }
      var generator = SeededGenerator(seed: seed, purpose: "low side of a choice", index: index)
      return .success(dealt(Array(low.prefix(layout.imageCount)), layout, &generator))
    }
  }
}
