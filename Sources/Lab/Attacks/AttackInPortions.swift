import Adversarial
import Networks
import Tensors

/// Attacks some images after the others, so that progress is seen and the attack can be stopped.
///
/// A proposal depends on its own image alone, so the result is that of the whole batch at once.
package struct AttackInPortions: Attack {
  package let attack: any Attack
  package let portion: Int
  package let progress: ProgressHandler

  package init(attack: any Attack, portion: Int, progress: @escaping ProgressHandler) {
    self.attack = attack
    self.portion = portion
    self.progress = progress
  }

  package var name: String { attack.name }

  package func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    var images = batch.images
    var zeroGradientRows: [Int] = []
    for start in stride(from: 0, to: batch.count, by: portion) {
      try progress(.step(done: start, total: batch.count, unit: "images"))
      let rows = Array(start..<min(start + portion, batch.count))
      let part = try attack.perturbedImages(
        for: batch.selecting(rows), under: threatModel.selecting(rows), classifier: classifier)
      for (place, row) in rows.enumerated() { images[row: row] = part.images[row: place] }
      zeroGradientRows += part.zeroGradientRows.map { rows[$0] }
    }
    try progress(.step(done: batch.count, total: batch.count, unit: "images"))
    return PerturbedImages(images: images, zeroGradientRows: zeroGradientRows)
  }
}
