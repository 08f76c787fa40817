import Tensors

/// The degree to which images of a top set share a class, corrected for chance.
///
///     S  = Σ_c n_c (n_c − 1) / (k (k − 1))       probability that two different images of the set share a label
///     S₀ = Σ_c π_c (N π_c − 1) / (N − 1)         the same for two different images of the whole probe set
///     κ  = (S − S₀) / (1 − S₀)                   0: like random images, 1: one class; negative: less than by chance
///
/// with n_c images of class c among the k, and class frequencies π_c among all N. S is unbiased for any k, and κ of
/// random image sets has expectation 0 for every k and every class balance: the numerator is that of a Gini–Simpson
/// index without replacement (Simpson 1949), the correction that of Cohen (1960).
public struct LabelAgreement: Equatable, Codable, Sendable {
  /// Size of the set, k.
  public let imageCount: Int
  /// S; `nil` for fewer than two images.
  public let agreement: Double?
  /// S₀; `nil` for a probe set of fewer than two images.
  public let chanceAgreement: Double?
  /// κ; `nil` where S or S₀ is, and when the probe set has only one class, so that no disagreement is possible.
  public let kappa: Double?
  /// The most frequent class, the lowest index in a tie; `nil` for no images.
  public let topClass: Int?
  /// Number of images of ``topClass``.
  public let topClassCount: Int

  /// - Parameters:
  ///   - images: Indices into `labels`, each at most once.
  ///   - labels: Labels of the whole probe set. Its own class counts are the chance level, not 1/C.
  public init(of images: [Int], in labels: ClassLabels) {
    let counts = labels.counts(among: images)
    let agreement = Self.sharedPairs(counts)
    let chance = Self.sharedPairs(labels.imageCounts)
    imageCount = images.count
    self.agreement = agreement
    chanceAgreement = chance
    if let agreement, let chance, chance < 1 {
      kappa = (agreement - chance) / (1 - chance)
    } else {
      kappa = nil
    }
    topClassCount = counts.max() ?? 0
    topClass = images.isEmpty ? nil : counts.firstIndex(of: topClassCount)
  }

  /// Fraction of the top class, n_max / k; `nil` for no images.
  ///
  /// Its value for random images is far above 1/C and falls with k: report it only with ``ChancePurity``.
  public var purity: Double? {
    imageCount > 0 ? Double(topClassCount) / Double(imageCount) : nil
  }

  /// The largest κ that a set of `topCount` images can have: 1 if a class has that many images, otherwise that of the
  /// largest classes in turn.
  ///
  /// - Returns: `nil` where κ is undefined.
  public static func largestKappa(topCount: Int, in labels: ClassLabels) -> Double? {
    var left = topCount
    // The number of pairs is convex in n_c: images add more in a larger class than in a smaller one.
    let counts = labels.imageCounts.sorted(by: >).map { count in
      let taken = min(count, left)
      left -= taken
      return taken
    }
    guard left == 0, let most = sharedPairs(counts), let chance = sharedPairs(labels.imageCounts), chance < 1
    else { return nil }
    return (most - chance) / (1 - chance)
  }

  /// The fraction of unordered pairs of different images that share a class. With N π_c images of class c, S and S₀ are
  /// both this formula.
  private static func sharedPairs(_ counts: [Int]) -> Double? {
    let total = counts.reduce(0, +)
    guard total >= 2 else { return nil }
    let shared = counts.reduce(0) { $0 + $1 * ($1 - 1) }
    return Double(shared) / Double(total * (total - 1))
  }
}

extension LabelAgreement: Checked {
  public func check() throws(CheckFailure) {
    try requirePart(topClassCount, of: imageCount, "topClassCount")
    try require((topClass ?? 0) >= 0, "topClass", "a class is counted from 0")
  }
}
