import Tensors

/// Images drawn at random: the baseline of every top set.
public struct RandomImageSet: Equatable, Codable, Sendable {
  /// `i003` is the fourth set of its seed.
  public let id: String
  /// In the order drawn, each at most once.
  public let imageIndices: [Int]

  /// Sets of `size` images drawn without replacement, each from a stream of its own.
  ///
  /// - Parameters:
  ///   - size: Number of images per set; all images, shuffled, if there are fewer, as in a ranking.
  ///   - imageCount: Number of images to draw from.
  public static func draw(count: Int, size: Int, imageCount: Int, seed: UInt64) -> [RandomImageSet] {
    precondition(count >= 0 && size > 0 && imageCount >= 0, "cannot draw \(count) sets of \(size) images")
    return (0..<count).map { index in
      var generator = SeededGenerator(seed: seed, purpose: "random image set", index: index)
      let images = generator.sample(min(size, imageCount), of: imageCount)
      return RandomImageSet(id: "i" + padded(index, to: 3), imageIndices: images)
    }
  }
}
