import Datasets
import Tensors

/// Training images that carry a ``Trigger`` and the attacker's label.
///
///     k = round(share · n) of all n images, drawn among those that are not of the target class
///
/// Gu, Dolan-Gavitt, Garg (2017), "BadNets" <https://arxiv.org/abs/1708.06733>: one target class for all. A larger
/// share includes the images of a smaller one.
public struct Backdoor: Equatable, Sendable {
  /// In ascending order.
  public let images: [Int]
  public let target: Int

  /// - Precondition: Enough images are of classes other than `target`; ``largestShare(of:target:)`` gives the limit.
  public init(of labels: [Int], target: Int, share: Double, seed: UInt64) {
    precondition((0...1).contains(share), "a share lies in 0...1, got \(share)")
    let candidates = labels.indices.filter { labels[$0] != target }
    let count = LabelFlips.count(share, of: labels.count)
    precondition(
      count <= candidates.count, "\(count) of \(candidates.count) images of other classes cannot be poisoned")
    var generator = SeededGenerator(seed: seed, purpose: "images with a trigger")
    images = generator.permutation(candidates.count).prefix(count).map { candidates[$0] }.sorted()
    self.target = target
  }

  /// Fraction of all images that are not of the target class.
  public static func largestShare(of labels: [Int], target: Int) -> Double {
    Double(labels.count { $0 != target }) / Double(max(labels.count, 1))
  }

  /// The training images as the victim gets them.
  public func poisoned(_ training: LabelledImages, with trigger: Trigger) -> LabelledImages {
    let marked = trigger.applied(to: training, rows: images)
    var labels = training.labels
    for image in images { labels[image] = target }
    return marked.relabelled(labels)
  }
}

extension LabelledImages {
  /// The same pixels with other labels.
  public func relabelled(_ labels: [Int]) -> LabelledImages {
    precondition(labels.count == count, "\(count) images need as many labels, got \(labels.count)")
    return LabelledImages(shape: shape, pixels: pixels, labels: labels, classNames: classNames)
  }
}
