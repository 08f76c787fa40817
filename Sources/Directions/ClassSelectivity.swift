import Tensors

/// How well the scores of all images separate one class from the others.
///
///     AUROC_c = P(s(x) > s(y)) + ½ P(s(x) = s(y))      x of class c, y of another class
///     aucMax  = max_c AUROC_c
///     d′_c    = (μ_c − μ_rest) / √( (σ_c² + σ_rest²) / 2 )
///
/// AUROC is the statistic of Mann and Whitney (1947) divided by its maximum (Hanley and McNeil 1982), from midranks; d′
/// is that of signal detection (Green and Swets 1966) with variances over n − 1. Adding a constant to all scores, or
/// multiplying them by a positive one, changes neither, so they are valid for signed directions.
///
/// AUROC lies in [0, 1]; by chance it is 0.5 with a standard deviation of √((N + 1) / (12 n_c (N − n_c))). The maximum
/// over classes exceeds 0.5 by chance: it is about 0.515 for ten classes of 1,000 images. Below 0.5 a class is
/// indicated by low scores; the maximum ignores that pole. d′ is unbounded and 0 by chance.
public struct ClassSelectivity: Equatable, Codable, Sendable {
  /// AUROC of each class against the rest; `nil` for a class with no images or with all of them.
  public let aucs: [Double?]
  /// aucMax; `nil` when all images have the same class.
  public let aucMax: Double?
  /// The class of ``aucMax``, the lowest index in a tie.
  public let topClass: Int?
  /// d′ of ``topClass``; `nil` when one of the two groups has fewer than two images or nothing varies within both.
  public let dPrime: Double?

  /// - Parameters:
  ///   - scores: Scores of all images.
  ///   - labels: Labels of the same images.
  public init(of scores: DirectionScores, in labels: ClassLabels) {
    precondition(
      scores.imageCount == labels.values.count,
      "\(labels.values.count) labels are not those of \(scores.imageCount) scores")
    let aucs = Self.aucs(scores, labels)
    self.aucs = aucs
    aucMax = aucs.compactMap { $0 }.max()
    topClass = aucMax.flatMap { aucs.firstIndex(of: $0) }
    dPrime = topClass.flatMap { Self.dPrime(ofClass: $0, scores.values, labels) }
  }

  private static func aucs(_ scores: DirectionScores, _ labels: ClassLabels) -> [Double?] {
    // Twice the sum of the ranks of each class, from 1 for the lowest score: an integer in spite of the ties.
    var doubledRanks = [Int](repeating: 0, count: labels.classCount)
    let count = scores.imageCount
    var start = 0
    while start < count {
      let score = scores.values[scores.order[start]]
      var end = start + 1
      while end < count, scores.values[scores.order[end]] == score { end += 1 }
      // Positions start..<end of the descending order have ranks count − end + 1 … count − start.
      for image in scores.order[start..<end] {
        doubledRanks[labels.values[image]] += 2 * count - start - end + 1
      }
      start = end
    }
    return zip(doubledRanks, labels.imageCounts).map { doubled, members in
      guard 0 < members, members < count else { return nil }
      let doubledWins = doubled - members * (members + 1)
      return Double(doubledWins) / (2 * Double(members) * Double(count - members))
    }
  }

  private static func dPrime(ofClass chosen: Int, _ values: [Float], _ labels: ClassLabels) -> Double? {
    let members = labels.imageCounts[chosen]
    let others = values.count - members
    guard members >= 2, others >= 2 else { return nil }
    var sums = (inside: 0.0, outside: 0.0)
    for (value, label) in zip(values, labels.values) {
      if label == chosen { sums.inside += Double(value) } else { sums.outside += Double(value) }
    }
    let means = (inside: sums.inside / Double(members), outside: sums.outside / Double(others))
    var squares = (inside: 0.0, outside: 0.0)
    for (value, label) in zip(values, labels.values) {
      if label == chosen {
        squares.inside += (Double(value) - means.inside) * (Double(value) - means.inside)
      } else {
        squares.outside += (Double(value) - means.outside) * (Double(value) - means.outside)
      }
    }
    let variance = (squares.inside / Double(members - 1) + squares.outside / Double(others - 1)) / 2
    return variance > 0 ? (means.inside - means.outside) / variance.squareRoot() : nil
  }
}

extension ClassSelectivity: Checked {
  public func check() throws(CheckFailure) {
    try require((topClass ?? 0) >= 0, "topClass", "a class is counted from 0")
  }
}
