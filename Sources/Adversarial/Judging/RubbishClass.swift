import Networks
import Tensors

/// A classifier's response to images of no class: how many it classifies with confidence.
///
///     accepted   max_i p_i > threshold
///
/// Goodfellow, Shlens, Szegedy (2015), appendix, where the images are 10,000 draws of N(0, I) and the threshold is ½.
/// <https://arxiv.org/abs/1412.6572>
public struct RubbishClass: Codable, Equatable, Sendable {
  public var accepted: Proportion
  /// Mean of the largest probability over the accepted images; nil if there are none.
  public var meanConfidence: Double?
  /// The same over all images; nil if there are none.
  public var meanOverAll: Double?
  /// Number accepted as each class; they sum to `accepted.count`.
  public var acceptedByClass: [Int]

  /// - Parameters:
  ///   - logits: `[count, classCount]`, one row for each image.
  ///   - scores: How logits become probabilities.
  public init(of logits: Tensor, by scores: ScoreKind, threshold: Double = 0.5) {
    precondition(logits.shape.count == 2, "logits are [count, classCount], got \(logits.shape)")
    acceptedByClass = [Int](repeating: 0, count: logits.rowLength)
    var (total, totalOverAll) = (0.0, 0.0)
    for row in 0..<logits.count {
      let label = Prediction(logits: logits[row: row]).label
      let confidence = scores.probabilities(of: logits[row: row])[label]
      totalOverAll += confidence
      guard confidence > threshold else { continue }
      acceptedByClass[label] += 1
      total += confidence
    }
    let count = acceptedByClass.reduce(0, +)
    accepted = Proportion(count, of: logits.count)
    meanConfidence = count > 0 ? total / Double(count) : nil
    meanOverAll = logits.count > 0 ? totalOverAll / Double(logits.count) : nil
  }

  /// The first `count` draws of N(0, I), as in ``noise(_:shape:seed:workerCount:)``.
  public static func noise(count: Int, shape: ImageShape, seed: UInt64) -> Tensor {
    noise(0..<count, shape: shape, seed: seed)
  }

  /// Draws of N(0, I), by number. An image depends only on the seed and its number.
  ///
  /// - Returns: `[numbers.count, channels, height, width]`. Nearly all have pixels outside [0, 1]; they are not clipped.
  public static func noise(
    _ numbers: Range<Int>, shape: ImageShape, seed: UInt64, workerCount: Int = Workers.defaultCount
  ) -> Tensor {
    let images = Workers.map(count: numbers.count, workerCount: workerCount) { index in
      var generator = SeededGenerator(
        seed: seed, purpose: "rubbish images", index: numbers.lowerBound + index)
      return generator.normals(shape.pixelCount)
    }
    return Tensor(
      shape: [numbers.count, shape.channels, shape.height, shape.width], elements: images.flatMap(\.self))
  }
}

extension RubbishClass: Checked {
  public func check() throws(CheckFailure) {
    try requireShare(meanConfidence, "meanConfidence")
    try requireShare(meanOverAll, "meanOverAll")
    try require(acceptedByClass.allSatisfy { $0 >= 0 }, "acceptedByClass", "a count is not negative")
  }
}
