import Foundation
import Storage
import Tensors

/// Which images are held out where the data come without a test part.
///
/// Every class gives the same fraction, rounded, at least one image and never its last. The choice within a class
/// depends only on the seed, the class and its number of images.
struct HeldOutSplit: Equatable {
  /// Ascending indices.
  let training: [Int]
  /// Ascending indices.
  let heldOut: [Int]

  init(labels: [Int], classCount: Int, fraction: Double, seed: UInt64) {
    var members = [[Int]](repeating: [], count: classCount)
    for (index, label) in labels.enumerated() { members[label].append(index) }
    var isHeldOut = [Bool](repeating: false, count: labels.count)
    for (label, indices) in members.enumerated() where indices.count > 1 {
      var generator = SeededGenerator(seed: seed, stream: UInt64(label))
      let rounded = Int((fraction * Double(indices.count)).rounded())
      let chosen = generator.permutation(indices.count).prefix(min(max(rounded, 1), indices.count - 1))
      for position in chosen { isHeldOut[indices[position]] = true }
    }
    training = labels.indices.filter { !isHeldOut[$0] }
    heldOut = labels.indices.filter { isHeldOut[$0] }
  }
}

extension Dataset {
  /// Splits `images` in two according to `options`.
  ///
  /// - Throws: ``FileError`` naming `folder` when no class has two images.
  init(name: String, splitting images: LabelledImages, options: DatasetOptions, folder: URL) throws {
    let split = HeldOutSplit(
      labels: images.labels, classCount: images.classNames.count, fraction: options.heldOutFraction,
      seed: options.seed)
    guard !split.heldOut.isEmpty else {
      throw FileError(
        file: folder,
        problem: "has one image per class: expected at least two, to train on one and hold one out")
    }
    self.init(
      name: name, training: images.selecting(split.training), heldOut: images.selecting(split.heldOut))
    isSplitHere = true
  }
}
