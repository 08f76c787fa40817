import Tensors

/// How a targeted attack chooses the target class of each image.
public enum TargetChoice: Equatable, Sendable {
  /// (label + 1) mod C.
  case next
  /// Uniform among the classes other than the label. An image's target depends on the seed and on its own number, not
  /// on the other images.
  case random(seed: UInt64)
  /// The same class for all. Images of that class are skipped by the evaluation.
  case fixed(Int)

  /// - Parameters:
  ///   - labels: True classes.
  ///   - imageIDs: Number of each image in its data set.
  ///   - classCount: C, at least 2.
  public func targets(labels: [Int], imageIDs: [Int], classCount: Int) -> [Int] {
    precondition(classCount >= 2, "with \(classCount) classes there is nothing to be taken for")
    precondition(
      labels.count == imageIDs.count, "\(labels.count) labels, but \(imageIDs.count) image numbers")
    switch self {
    case .next: return labels.map { ($0 + 1) % classCount }
    case .random(let seed):
      return zip(labels, imageIDs).map { label, image in
        var generator = SeededGenerator(seed: seed, purpose: "attack target", index: image)
        let other = Int(generator.next(upperBound: UInt64(classCount - 1)))
        return other < label ? other : other + 1
      }
    case .fixed(let target):
      precondition((0..<classCount).contains(target), "target \(target) is not in 0..<\(classCount)")
      return labels.map { _ in target }
    }
  }
}
