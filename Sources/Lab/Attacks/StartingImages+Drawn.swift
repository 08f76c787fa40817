import Adversarial
import Datasets
import Tensors

extension StartingImages {
  /// What attacks may begin at: some training images of each class, which an attacker could own as well as the
  /// network's maker.
  ///
  /// - Returns: nil where there are no training images.
  /// - Throws: ``NoStartingImages`` where an attack cannot do without.
  package static func drawn(
    from images: LabelledImages, for kinds: [AttackKind], isTargeted: Bool, seed: UInt64,
    _ progress: ProgressHandler
  ) throws -> StartingImages? {
    let known = StartingImages(drawnFrom: images, seed: seed)
    if known == nil, let kind = kinds.first(where: { $0.knowledge == .labels }) {
      guard !isTargeted else { throw NoStartingImages(attack: kind) }
      try progress(
        .warning(
          "there are no training images: \(kind.rawValue) can begin at noise alone, and may find no start"))
    }
    return known
  }

  package init?(drawnFrom images: LabelledImages, perClass: Int = 10, seed: UInt64) {
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

/// An attack that sees labels alone was aimed at a class, and has no image of it to begin at.
public struct NoStartingImages: Error, Equatable, CustomStringConvertible {
  public let attack: AttackKind

  public var description: String {
    "\(attack.rawValue) towards a class begins at an image of that class, and there are no training images: expected "
      + "data with a training part"
  }
}
