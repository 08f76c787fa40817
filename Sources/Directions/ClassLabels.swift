/// The class of each image of a probe set, with the number of images per class.
public struct ClassLabels: Equatable, Sendable {
  /// One per image, in `0..<classCount`.
  public let values: [Int]
  /// Number of images of each class; 0 for a class without images.
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

  /// Number of `images` in each class.
  public func counts(among images: some Sequence<Int>) -> [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for image in images { counts[values[image]] += 1 }
    return counts
  }
}
