import Adversarial
import Tensors

/// Perturbations that fooled the network, with the classes on either side.
struct PerturbationSet: Sendable {
  /// `[count, channels, height, width]`: adversarial image less clean image.
  let perturbations: Tensor
  let labels: [Int]
  /// What the network says of the adversarial images.
  let predictions: [Int]
  let imageIDs: [Int]

  init(perturbations: Tensor, labels: [Int], predictions: [Int], imageIDs: [Int]) {
    precondition(
      perturbations.count == labels.count && labels.count == predictions.count
        && imageIDs.count == labels.count, "one label, prediction and number for each perturbation")
    self.perturbations = perturbations
    (self.labels, self.predictions, self.imageIDs) = (labels, predictions, imageIDs)
  }

  /// The successes of an attack.
  init(_ evaluation: Evaluation, of batch: AttackBatch) {
    let rows = evaluation.images.indices.filter { evaluation.images[$0].verdict == .succeeded }
    let (adversarial, clean) = (evaluation.returnedImages.rows(rows), batch.images.rows(rows))
    self.init(
      perturbations: Tensor(
        shape: clean.shape, elements: zip(adversarial.elements, clean.elements).map { $0 - $1 }),
      labels: rows.map { batch.labels[$0] },
      predictions: rows.map { evaluation.images[$0].after.label }, imageIDs: rows.map { batch.imageIDs[$0] })
  }

  var count: Int { labels.count }

  /// Normal noise with the L2 norm of each perturbation: what has no pattern. A row depends on the seed and on its image's
  /// number alone.
  func matchedNoise(seed: UInt64) -> PerturbationSet {
    var noise = perturbations
    for row in 0..<count {
      var generator = SeededGenerator(seed: seed, purpose: "noise against pattern", index: imageIDs[row])
      let draws = generator.normals(perturbations.rowLength)
      let scale = Norm.l2(perturbations[row: row]) / Norm.l2(draws)
      noise[row: row] = ArraySlice(draws.map { Float(Double($0) * scale) })
    }
    return PerturbationSet(
      perturbations: noise, labels: labels, predictions: predictions, imageIDs: imageIDs)
  }

  /// Rows scaled to L2 length 1, in Double; a row of zeros stays one.
  var unitRows: [[Double]] {
    (0..<count).map { row in
      let length = Norm.l2(perturbations[row: row])
      return perturbations[row: row].map { length > 0 ? Double($0) / length : 0 }
    }
  }

  /// Mean perturbation of each (label, prediction) and how many it is of; `nil` of none.
  func pairMeans(classCount: Int) -> [[(mean: [Float], count: Int)?]] {
    var sums = [[Double]?](repeating: nil, count: classCount * classCount)
    var counts = [Int](repeating: 0, count: classCount * classCount)
    for row in 0..<count {
      let cell = labels[row] * classCount + predictions[row]
      var sum = sums[cell] ?? [Double](repeating: 0, count: perturbations.rowLength)
      for (index, value) in perturbations[row: row].enumerated() { sum[index] += Double(value) }
      sums[cell] = sum
      counts[cell] += 1
    }
    return (0..<classCount).map { label in
      (0..<classCount).map { prediction in
        let cell = label * classCount + prediction
        return sums[cell].map { ($0.map { Float($0 / Double(counts[cell])) }, counts[cell]) }
      }
    }
  }
}
