/// The class of each image of a probe set, with how often each class occurs.
public struct ClassLabels: Equatable, Sendable {
  /// One per image, in `0..<classCount`.
  public let values: [Int]
  /// Images of each class; a class without images counts 0.
  public let imageCounts: [Int]

  public init(_ values: [Int], classCount: Int) {
    precondition(classCount > 0, "at least one class is needed, got \(classCount)")
    var counts = [Int](repeating: 0, count: classCount)
    for (image, label) in values.enumerated() {
      precondition(
        counts.indices.contains(label), "label \(label) of image \(image) is not in 0..<\(classCount)")
      counts[label] += 1
    }
    self.values = values
    imageCounts = counts
  }

  public var classCount: Int { imageCounts.count }

  /// How many of `images` belong to each class.
  public func counts(among images: some Sequence<Int>) -> [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for image in images { counts[values[image]] += 1 }
    return counts
  }
}
