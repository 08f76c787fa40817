/// How much more a non-negative unit responds to one class than to the others, by mean activation.
///
///     (μ_max − μ_rest) / (μ_max + μ_rest)
///
/// μ_max is the largest of the classes' mean activations. Two definitions of μ_rest are in use: the mean of the other
/// classes' means (class selectivity index, Morcos et al. 2018, <https://arxiv.org/abs/1803.06959>) and the mean over
/// all images of other classes (CCMAS as written by Gale et al. 2019). They agree for balanced classes.
///
/// Both lie in [0, 1]. By chance they are above 0, the more so the more rarely a unit is active, and a unit that is
/// active for very few images reaches 1 without being selective (Gale et al.): never use them alone. For signed scores
/// the denominator is meaningless, and adding a constant changes the value: there is no value then.
public struct ClassSelectivityIndex: Equatable, Codable, Sendable {
  /// With μ_rest the mean of the other classes' means.
  public let index: Double?
  /// With μ_rest the mean over the images of all other classes.
  public let ccmas: Double?
  /// The class of μ_max, the lowest index in a tie.
  public let topClass: Int?
  /// Why there is no value; `nil` if there is one.
  public let reason: String?

  /// - Parameters:
  ///   - scores: Scores of all images.
  ///   - labels: Labels of the same images.
  public init(of scores: DirectionScores, in labels: ClassLabels) {
    precondition(
      scores.imageCount == labels.values.count,
      "\(labels.values.count) labels are not those of \(scores.imageCount) scores")
    var sums = [Double](repeating: 0, count: labels.classCount)
    for (value, label) in zip(scores.values, labels.values) { sums[label] += Double(value) }
    let classes = sums.indices.filter { labels.imageCounts[$0] > 0 }
    let means = zip(sums, labels.imageCounts).map { $0 / Double(max($1, 1)) }
    let negative = scores.values.count { $0 < 0 }
    if negative > 0 {
      self.init(reason: "\(negative) of \(scores.imageCount) scores are negative")
    } else if classes.count < 2 {
      self.init(reason: "the images are of fewer than two classes")
    } else if sums.allSatisfy({ $0 == 0 }) {
      self.init(reason: "all scores are 0")
    } else {
      let top = classes.reduce(classes[0]) { means[$1] > means[$0] ? $1 : $0 }
      let others = classes.filter { $0 != top }
      let restOfClasses = others.reduce(0) { $0 + means[$1] } / Double(others.count)
      let restOfImages =
        others.reduce(0) { $0 + sums[$1] } / Double(scores.imageCount - labels.imageCounts[top])
      self.init(
        index: Self.contrast(means[top], restOfClasses), ccmas: Self.contrast(means[top], restOfImages),
        topClass: top, reason: nil)
    }
  }

  private init(reason: String) { self.init(index: nil, ccmas: nil, topClass: nil, reason: reason) }

  private init(index: Double?, ccmas: Double?, topClass: Int?, reason: String?) {
    self.index = index
    self.ccmas = ccmas
    self.topClass = topClass
    self.reason = reason
  }

  private static func contrast(_ high: Double, _ low: Double) -> Double { (high - low) / (high + low) }
}
