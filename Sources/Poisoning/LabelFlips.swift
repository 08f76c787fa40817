import Tensors

/// Wrong labels on some training images; the images themselves are unchanged.
///
///     k = round(share · n) of the n candidates, drawn without replacement
///
/// The candidates are in one random order that does not depend on the share, and an image's new label is drawn from its
/// own stream. So a larger share includes the flips of a smaller one, and curves over the share are paired. Biggio,
/// Nelson, Laskov (2011), "Support vector machines under adversarial label noise".
public struct LabelFlips: Equatable, Sendable {
  public enum Pattern: Codable, Equatable, Hashable, Sendable {
    /// Any image; its new label is uniform among the other classes.
    case random
    /// Images of one class, which all get the label of another.
    case targeted(from: Int, to: Int)
  }

  /// Images with wrong labels, ascending.
  public let images: [Int]
  /// Labels of all images after the flips.
  public let labels: [Int]

  /// - Parameters:
  ///   - trueLabels: Labels in `0..<classCount`.
  ///   - share: Fraction of the candidates: all images, or those of the source class of a targeted flip.
  public init(of trueLabels: [Int], classCount: Int, share: Double, pattern: Pattern, seed: UInt64) {
    precondition((0...1).contains(share), "a share lies in 0...1, got \(share)")
    precondition(classCount > 1, "a label can be wrong where there are two classes, got \(classCount)")
    let candidates: [Int]
    switch pattern {
    case .random: candidates = Array(trueLabels.indices)
    case .targeted(let from, let to):
      precondition(
        from != to && (0..<classCount).contains(from) && (0..<classCount).contains(to),
        "a targeted flip leads from one of \(classCount) classes to another, got \(from) to \(to)")
      candidates = trueLabels.indices.filter { trueLabels[$0] == from }
    }
    var generator = SeededGenerator(seed: seed, purpose: "flipped images")
    let order = generator.permutation(candidates.count)
    images = order.prefix(Self.count(share, of: candidates.count)).map { candidates[$0] }.sorted()
    var labels = trueLabels
    for image in images {
      switch pattern {
      case .targeted(_, let to): labels[image] = to
      case .random:
        var generator = SeededGenerator(seed: seed, purpose: "flipped label", index: image)
        let other = Int(generator.next(upperBound: UInt64(classCount - 1)))
        labels[image] = other < trueLabels[image] ? other : other + 1
      }
    }
    self.labels = labels
  }

  /// round(share · n); a half is rounded up.
  static func count(_ share: Double, of total: Int) -> Int { Int((share * Double(total)).rounded()) }
}
