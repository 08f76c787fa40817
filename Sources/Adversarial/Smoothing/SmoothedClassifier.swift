import Foundation
import Networks
import Tensors

/// The majority vote of a classifier over many noisy copies of an image.
///
///     g(x) = argmax_c P( f(x + z) = c ),   z ~ N(0, σ² I)
///
/// Cohen, Rosenfeld, Kolter (2019). <https://arxiv.org/abs/1902.02918>
///
/// ``predictions(of:imageIDs:count:alpha:progress:)`` and
/// ``certificates(of:imageIDs:selectionCount:count:alpha:progress:)`` bound the probability of error, with draws that
/// depend on each image's number. As a ``Classifier`` it has no numbers: there all images get the same draws, so that a
/// row is a function of its image alone.
///
///     z_c = log( (n_c + ½) / (n + C/2) )
///
/// which softmax turns into the fraction of votes with half a vote added for each of C classes (Jeffreys's prior):
/// finite without votes, in the order of the votes, and for large n the logarithm of the fraction.
public struct SmoothedClassifier<Base: Classifier>: Classifier {
  public let base: Base
  /// σ, in units of pixels.
  public let deviation: Double
  /// n of ``logits(of:)``.
  public let drawCount: Int
  public let seed: UInt64
  private let workerCount: Int

  /// - Parameter workerCount: Threads that draw noise; does not change results.
  public init(
    _ base: Base, deviation: Double, drawCount: Int = 1000, seed: UInt64,
    workerCount: Int = Workers.defaultCount
  ) {
    precondition(
      deviation > 0 && deviation.isFinite, "noise has a positive, finite deviation, got \(deviation)")
    precondition(drawCount > 0, "there must be a draw, got \(drawCount)")
    (self.base, self.deviation, self.drawCount) = (base, deviation, drawCount)
    (self.seed, self.workerCount) = (seed, workerCount)
  }

  public var inputShape: ImageShape { base.inputShape }
  public var classCount: Int { base.classCount }

  public func logits(of images: Tensor) throws -> Tensor {
    let counts = try counts(
      of: images, subjects: [Int](repeating: 0, count: images.count), draws: drawCount,
      purpose: "smoothed logits")
    let total = Double(drawCount) + Double(classCount) / 2
    return Tensor(
      shape: [images.count, classCount],
      elements: counts.flatMap { $0.map { Float(log((Double($0) + 0.5) / total)) } })
  }

  /// Predictions for images, each from `count` draws of its own.
  ///
  /// - Parameters:
  ///   - images: `[n, channels, height, width]`.
  ///   - imageIDs: Number of each image in its data set: seeds its noise.
  ///   - count: Number of draws per image.
  ///   - alpha: Largest probability of a wrong answer.
  ///   - progress: Called after each portion with the number of draws done; an error it throws is passed on.
  public func predictions(
    of images: Tensor, imageIDs: [Int], count: Int, alpha: Double, progress: (Int) throws -> Void = { _ in }
  ) throws -> [SmoothedPrediction] {
    try counts(
      of: images, subjects: imageIDs, draws: count, purpose: "smoothed prediction", progress: progress
    )
    .map { SmoothedPrediction(counts: $0, alpha: alpha) }
  }

  /// A certificate for each image.
  ///
  /// - Parameters:
  ///   - selectionCount: n₀, the number of draws that select the class.
  ///   - count: n, further draws that estimate its probability.
  ///   - alpha: Largest probability that a certificate is wrong, for each image separately.
  ///   - progress: As for predictions.
  public func certificates(
    of images: Tensor, imageIDs: [Int], selectionCount: Int, count: Int, alpha: Double,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> [SmoothedCertificate] {
    let selected = try counts(
      of: images, subjects: imageIDs, draws: selectionCount, purpose: "smoothed selection",
      progress: progress)
    let before = selectionCount * images.count
    let estimated = try counts(
      of: images, subjects: imageIDs, draws: count, purpose: "smoothed estimation"
    ) { try progress(before + $0) }
    return zip(selected, estimated).map {
      SmoothedCertificate(selection: $0, estimation: $1, deviation: deviation, alpha: alpha)
    }
  }

  /// Images as the classifier sees them: the first selection draw of each.
  ///
  /// - Returns: Same shape as `images`; not clipped.
  public func noisyCopies(of images: Tensor, imageIDs: [Int]) -> Tensor {
    let noise = GaussianNoise(deviation: deviation, seed: seed, purpose: "smoothed selection")
    var copies: [Float] = []
    for row in 0..<images.count {
      noise.appendNoisy(images[row: row], subject: imageIDs[row], draw: 0, to: &copies)
    }
    return Tensor(shape: images.shape, elements: copies)
  }

  /// Number of noisy copies of each image predicted as each class.
  ///
  /// Copies of all images are concatenated, so that batches are full even if each image has few copies; a portion of
  /// them is in memory at a time.
  func counts(
    of images: Tensor, subjects: [Int], draws: Int, purpose: StaticString,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> [[Int]] {
    precondition(subjects.count == images.count, "\(images.count) images with \(subjects.count) numbers")
    precondition(draws > 0, "there must be a draw, got \(draws)")
    let noise = GaussianNoise(deviation: deviation, seed: seed, purpose: purpose)
    let length = images.rowLength
    let shape = inputShape
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: images.count)
    for portion in Workers.pieces(of: images.count * draws, length: Self.portion(pixelCount: length)) {
      let pieces = Workers.pieces(of: portion.count, length: Self.piece)
      let parts = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
        var copies: [Float] = []
        copies.reserveCapacity(pieces[piece].count * length)
        for place in pieces[piece] {
          let (row, draw) = (portion.lowerBound + place).quotientAndRemainder(dividingBy: draws)
          noise.appendNoisy(images[row: row], subject: subjects[row], draw: draw, to: &copies)
        }
        return copies
      }
      let logits = try base.logits(
        of: Tensor(
          shape: [portion.count, shape.channels, shape.height, shape.width], elements: parts.flatMap(\.self)))
      for place in 0..<portion.count {
        counts[(portion.lowerBound + place) / draws][Prediction(logits: logits[row: place]).label] += 1
      }
      try progress(portion.upperBound)
    }
    return counts
  }

  /// Number of copies made by one worker at a time.
  private static var piece: Int { 32 }

  /// Number of copies in memory at a time: enough to keep all workers busy, and at most about 16 MB.
  private static func portion(pixelCount: Int) -> Int { min(1024, max(64, (1 << 22) / max(pixelCount, 1))) }
}
