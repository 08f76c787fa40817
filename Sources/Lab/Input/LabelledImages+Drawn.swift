import Datasets
import Tensors

extension LabelledImages {
  /// Which images to attack, ascending: a few drawn at random, or all of them. The same count and seed give the same
  /// images to every experiment.
  ///
  /// - Parameter wanted: How many; nil: all. More than there are is worth a warning, and means all.
  package func numbers(drawing wanted: Int?, seed: UInt64, _ progress: ProgressHandler) throws -> [Int] {
    guard let wanted else { return Array(0..<count) }
    if wanted > count {
      try progress(.warning("\(wanted) images were asked for, there are \(count) held-out ones"))
    }
    var generator = SeededGenerator(seed: seed, purpose: "attacked images")
    return generator.sample(min(wanted, count), of: count).sorted()
  }
}
