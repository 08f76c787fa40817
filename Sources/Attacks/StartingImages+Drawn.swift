import Adversarial
import Datasets
import Lab
import Tensors

extension StartingImages {
  /// Draws what attacks may begin at: some training images of each class, which an attacker could own as well as the
  /// network's maker.
  ///
  /// - Returns: nil where there are no training images.
  /// - Throws: ``NoStartingImages`` where an attack cannot do without.
  package static func drawn(
    from images: LabelledImages, for attacks: [AttackCard], isTargeted: Bool, seed: UInt64,
    _ progress: ProgressHandler
  ) throws -> StartingImages? {
    let known = StartingImages(drawnFrom: images, seed: seed)
    if known == nil, let attack = attacks.first(where: { $0.access == .decisionBased }) {
      guard !isTargeted else { throw NoStartingImages(attack: attack) }
      try progress(
        .warning(
          "there are no training images: \(attack.name) can start from noise only, and may find no start"))
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

/// A targeted attack that sees labels alone has no image of its target to begin at.
public struct NoStartingImages: Error, Equatable, CustomStringConvertible {
  public let attack: AttackCard

  public var description: String {
    "targeted, \(attack.name) starts from training images of the target class, and there are none: expected data with a "
      + "training part"
  }
}
