import Adversarial
import Tensors

/// A random sample of the images that were attacked, kept with their pixels for figures while the rest goes by.
///
/// Every held-out image has a random number of its own; the attacked images with the smallest are kept. So each
/// attacked image is equally likely to be shown, whether or not the attack succeeded.
package struct AttackSample: Sendable {
  package struct Item: Sendable {
    package let image: AttackedImage
    package let clean: [Float]
    /// What the attack proposed, successful or not.
    package let perturbed: [Float]
    /// The image as an 8-bit file holds it, pushed back over the boundary where rounding undid it; nil where there is
    /// none that fools the network.
    package let saved: [Float]?
    package let repair: EightBitRepair.Outcome?
    fileprivate let draw: UInt64

    package var isAdversarial: Bool { image.verdict == .succeeded }
  }

  private let capacity: Int
  private let seed: UInt64
  private var kept: [Item] = []
  /// Images that were candidates.
  package private(set) var attackedCount = 0

  package init(capacity: Int, seed: UInt64) {
    self.capacity = capacity
    self.seed = seed
  }

  /// In the order of the data set.
  package var items: [Item] { kept.sorted { $0.image.imageID < $1.image.imageID } }

  package mutating func add(_ evaluation: Evaluation, _ repair: EightBitRepair, of batch: AttackBatch) {
    for (row, image) in evaluation.images.enumerated() where !image.verdict.isSkipped {
      attackedCount += 1
      var generator = SeededGenerator(seed: seed, purpose: "attack figure", index: image.imageID)
      let draw = generator.next()
      guard kept.count < capacity || draw < kept.last?.draw ?? 0 else { continue }
      kept.append(
        Item(
          image: image, clean: Array(batch.images[row: row]),
          perturbed: Array(evaluation.attemptedImages[row: row]),
          saved: repair.outcomes[row].flatMap { $0 == .lost ? nil : Array(repair.images[row: row]) },
          repair: repair.outcomes[row], draw: draw))
      kept.sort { ($0.draw, $0.image.imageID) < ($1.draw, $1.image.imageID) }
      kept = Array(kept.prefix(capacity))
    }
  }
}
