import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct MinimalFastGradientSignTests {
  let shape = ImageShape(channels: 1, height: 4, width: 5)

  @Test("Between two classes the distance is the smallest multiple of the step that crosses")
  func multiples() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = try AttackBatch.saturated(count: 30, for: classifier, seed: 2)
    let step: Float = 0.01
    let example = MinimalAttackCase(attack: MinimalFastGradientSign(stepSize: step), norm: .linf)
    let images = try example.proposal(for: batch, classifier: classifier).images
    for (row, found) in example.distances(images, from: batch).enumerated() {
      let exact = AffineOracle(classifier: classifier).distance(
        of: batch.images[row: row], label: batch.labels[row], in: .linf)
      let multiple = (exact / Double(step)).rounded(.up) * Double(step)
      // On a multiple itself rounding decides.
      guard multiple - exact > 1e-5 else { continue }
      expectClose(found, multiple, absolute: 1e-6)
    }
  }

  @Test(
    "A limit that is a multiple of the step is tried",
    arguments: [(0.1, 0.3, 3), (0.25, 1, 4), (1 / 255, 8 / 255, 8)] as [(Float, Float, Int)])
  func limit(step: Float, limit: Float, count: Int) {
    #expect(MinimalFastGradientSign(stepSize: step, limit: limit).stepCount == count)
  }

  @Test("Where a larger step fails again the smallest that succeeds is still found")
  func notMonotone() throws {
    // The other class is a ball on the way: steps of 0.25 and 0.3 are inside, those before and after are not.
    let centre: [Float] = [0.4, 0.4, 0.4, 0.4]
    let classifier = SteepBall(
      inputShape: ImageShape(channels: 1, height: 2, width: 2), centre: centre, radius: 0.3)
    let batch = AttackBatch(
      images: Tensor(shape: [1, 1, 2, 2], elements: [0.125, 0.125, 0.125, 0.125]), labels: [0], imageIDs: [0])
    func found(_ limit: Float) throws -> [Float] {
      try MinimalFastGradientSign(stepSize: 0.0625, limit: limit).perturbedImages(
        for: batch, under: ThreatModel(norm: .linf, epsilon: .infinity), classifier: classifier
      ).images.elements
    }
    // ‖x′ − p‖ < 0.3 needs each of four pixels within 0.15 of 0.4: the third step, at 0.3125.
    #expect(try found(1) == [0.3125, 0.3125, 0.3125, 0.3125])
    #expect(try found(0.125) == batch.images.elements)
  }
}
