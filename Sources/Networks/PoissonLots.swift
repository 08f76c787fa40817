import Foundation
import Tensors

/// Poisson subsampling of the training images for each step: every image is in a lot with probability q, independently
/// of the other images and lots, so lot sizes vary. Shuffled batches of one size would be another mechanism, not
/// covered by the accountant's theorem.
struct PoissonLots {
  let imageCount: Int
  /// q
  let samplingRate: Double
  let seed: UInt64

  /// The images of a step, ascending; it depends on the seed and the step alone.
  ///
  /// The gaps between them are drawn: P(gap ≥ k) = (1 − q)^k, so that the cost is that of the lot and not of all
  /// images.
  func lot(step: Int) -> [Int] {
    guard samplingRate < 1 else { return Array(0..<imageCount) }
    guard samplingRate > 0 else { return [] }
    var generator = SeededGenerator(seed: seed, stream: RandomStream.lot(step: step))
    let logarithm = log1p(-samplingRate)
    var lot: [Int] = []
    var next = 0.0
    while true {
      next += (log(1 - generator.uniform()) / logarithm).rounded(.down)
      guard next < Double(imageCount) else { return lot }
      lot.append(Int(next))
      next += 1
    }
  }
}

/// The images of an epoch, cut into its steps.
struct EpochBatches {
  private let images: [Int]
  /// End of each batch.
  private let ends: [Int]

  /// Creates batches of equal size, the last with the remainder.
  init(_ order: [Int], batchSize: Int) {
    images = order
    ends = stride(from: batchSize, to: order.count + batchSize, by: batchSize).map { min($0, order.count) }
  }

  init(_ lots: [[Int]]) {
    images = lots.flatMap(\.self)
    var end = 0
    ends = lots.map {
      end += $0.count
      return end
    }
  }

  var count: Int { ends.count }
  var imageCount: Int { images.count }

  subscript(step: Int) -> ArraySlice<Int> { images[(step == 0 ? 0 : ends[step - 1])..<ends[step]] }
}
