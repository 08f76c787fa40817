import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct DeepFoolTests {
  let shape = ImageShape(channels: 1, height: 4, width: 5)

  @Test(
    "On an affine classifier one step ends at exactly 1 + η times the distance of the nearest face",
    arguments: [Norm.l2, .linf], [0.02, 0.25])
  func oneStep(norm: Norm, overshoot: Double) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 5, seed: 1)
    let batch = try AttackBatch.correct(count: 30, for: classifier, in: 0.4...0.6, seed: 2)
    let example = MinimalAttackCase(attack: DeepFool(stepLimit: 1, overshoot: overshoot), norm: norm)
    let images = try example.proposal(for: batch, classifier: classifier).images
    let oracle = AffineOracle(classifier: classifier, bounds: -10...10)
    for (row, distance) in example.distances(images, from: batch).enumerated() {
      let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: norm)
      // Pixels are Floats near ½, each off by 3e-8; a step beyond a bound is cut.
      guard exact * (1 + overshoot) < 0.35 else { continue }
      expectClose(distance, (1 + overshoot) * exact, absolute: 1e-6, relative: 1e-4)
    }
  }

  @Test("More steps never lose an image, and none does nothing")
  func steps() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 40)
    var earlier: Set<Int> = []
    for limit in [0, 1, 2, 5, 50] {
      let example = MinimalAttackCase(attack: DeepFool(stepLimit: limit), norm: .l2)
      let distances = example.distances(
        try example.proposal(for: batch, classifier: engine).images, from: batch)
      let found = Set(distances.indices.filter { distances[$0] > 0 })
      #expect(found.isSuperset(of: earlier))
      if limit == 0 { #expect(found.isEmpty) }
      earlier = found
    }
    #expect(earlier.count == 40)
  }
}
