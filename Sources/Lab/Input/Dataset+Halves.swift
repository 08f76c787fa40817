import Datasets
import Tensors

extension Dataset {
  /// One of two disjoint halves of the training images, drawn at random, with the same held-out images.
  ///
  /// - Parameters:
  ///   - half: 1 or 2.
  ///   - seed: Both halves must come from one.
  package func trainingHalf(_ half: Int, seed: UInt64) -> Dataset {
    precondition((1...2).contains(half), "there are two halves, got \(half)")
    var generator = SeededGenerator(seed: seed, purpose: "halves of the training images")
    let order = generator.permutation(training.count)
    let middle = order.count / 2
    let rows = (half == 1 ? order[..<middle] : order[middle...]).sorted()
    return training(on: rows, name: "\(name), half \(half)")
  }
}
