import Adversarial
import Datasets
import Tensors

extension StartingImages {
  /// Some training images of each class, which an attacker could own as well as the network's maker.
  ///
  /// - Returns: nil where there are no training images.
  init?(drawnFrom images: LabelledImages, perClass: Int = 10, seed: UInt64) {
    guard images.count > 0 else { return nil }
    var generator = SeededGenerator(seed: seed, purpose: "attack starting images")
    var counts = [Int](repeating: 0, count: images.classNames.count)
    var rows: [Int] = []
    for row in generator.permutation(images.count) where counts[images.labels[row]] < perClass {
      counts[images.labels[row]] += 1
      rows.append(row)
      if counts.allSatisfy({ $0 == perClass }) { break }
    }
    self.init(images: images.tensor(of: rows), labels: rows.map { images.labels[$0] })
  }
}
