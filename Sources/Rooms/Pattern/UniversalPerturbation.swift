import Adversarial
import Networks
import Tensors

/// One perturbation for all images.
///
///     for each image x with k(clip(x + v)) = k(x):
///       Δ = the smallest step in L2, by DeepFool, that takes clip(x + v) over the border
///       v ← projection of v + Δ onto ‖v‖ ≤ ξ
///     until the fooling rate on the images it is made from is reached, or the passes are used up
///
/// Moosavi-Dezfooli, Fawzi, Fawzi, Frossard (2017), algorithm 1. <https://arxiv.org/abs/1610.08401> Departure: images are
/// kept in [0, 1] throughout.
struct UniversalPerturbation: Sendable {
  /// Of the ball. Steps are the smallest in L2 for either: a step that moves every pixel alike undoes the ones before.
  let norm: Norm
  /// ξ
  let radius: Double
  var passLimit = 5
  var sufficientRate = 0.8

  struct Made: Sendable {
    /// `[channels × height × width]`
    package var values: [Float]
    var passCount: Int
    /// On the images that it was made from.
    package var fooled: Proportion
  }

  /// - Parameter order: In which the images are gone through; the caller's, so that it can be random.
  func made(
    from images: Tensor, order: [Int], classifier: some DifferentiableClassifier,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Made {
    let clean = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    var values = [Float](repeating: 0, count: images.rowLength)
    var made = Made(values: values, passCount: 0, fooled: Proportion(0, of: images.count))
    let one = [1] + images.shape.dropFirst()
    let threat = ThreatModel(norm: .l2, epsilon: .infinity)
    for pass in 0..<passLimit {
      for (place, row) in order.enumerated() {
        let moved = Self.applied(values, to: Tensor(shape: one, elements: Array(images[row: row])))
        guard Prediction.rows(of: try classifier.logits(of: moved))[0].label == clean[row] else { continue }
        let step = try DeepFool().perturbedImages(
          for: AttackBatch(images: moved, labels: [clean[row]], imageIDs: [row]), under: threat,
          classifier: classifier)
        for index in values.indices { values[index] += step.images.elements[index] - moved.elements[index] }
        project(&values)
        if place % 8 == 0 { try progress(pass * order.count + place, passLimit * order.count) }
      }
      let fooled = try Self.fooled(values, images, clean: clean, classifier: classifier)
      made = Made(values: values, passCount: pass + 1, fooled: fooled)
      if fooled.value ?? 0 >= sufficientRate { break }
    }
    return made
  }

  /// How many of the images are taken for another class than without it.
  static func fooled(
    _ values: [Float], _ images: Tensor, clean: [Int], classifier: some Classifier
  ) throws -> Proportion {
    let predictions = Prediction.rows(of: try classifier.logits(of: applied(values, to: images))).map(\.label)
    return Proportion(zip(predictions, clean).count { $0 != $1 }, of: images.count)
  }

  /// clip(x + v, 0, 1)
  static func applied(_ values: [Float], to images: Tensor) -> Tensor {
    var moved = images
    for index in moved.elements.indices {
      moved.elements[index] = min(max(moved.elements[index] + values[index % values.count], 0), 1)
    }
    return moved
  }

  func project(_ values: inout [Float]) {
    switch norm {
    case .linf:
      for index in values.indices { values[index] = min(max(values[index], -Float(radius)), Float(radius)) }
    case .l2:
      let size = Norm.l2(values)
      if size > radius { for index in values.indices { values[index] *= Float(radius / size) } }
    case .l0, .l1: preconditionFailure("a universal perturbation is measured in L∞ or L2")
    }
  }

  /// Noise of the same norm: fair signs of size ξ in L∞, a random direction of length ξ in L2.
  func noise(pixelCount: Int, seed: UInt64, draw: Int) -> [Float] {
    var generator = SeededGenerator(seed: seed, purpose: "noise against universal", index: draw)
    switch norm {
    case .linf: return (0..<pixelCount).map { _ in Float(generator.next() >> 63 == 0 ? radius : -radius) }
    case .l2:
      let draws = generator.normals(pixelCount)
      let scale = radius / Norm.l2(draws)
      return draws.map { Float(Double($0) * scale) }
    case .l0, .l1: preconditionFailure("a universal perturbation is measured in L∞ or L2")
    }
  }
}
