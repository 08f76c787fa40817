import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// Every attack against the closed form on affine classifiers.
@Suite struct MinimalDistanceTests {
  let shape = ImageShape(channels: 1, height: 6, width: 5)

  /// How much further than the smallest perturbation an attack may end: a factor, and an amount.
  private func allowance(_ example: MinimalAttackCase, hasActiveBox: Bool) -> (factor: Double, amount: Double) {
    switch (example.attack.name, example.norm) {
    case ("lbfgs", _): (1.01, 1e-4)
    // One step, or on the box a few that do not look back.
    case ("deepfool", _): (hasActiveBox ? 1.15 : 1.0201, 1e-5)
    case ("cw", _): (1.03, 1e-3)
    // γ is 5 % at every step; rounding adds up to half a level in each pixel.
    case ("ddn", _): (1.05, example.attack is DecoupledDirectionNorm ? rounding(example) : 0)
    case ("minimal-fgsm", _): (1, 1.0 / 255 + 1e-6)
    case ("fmn", .l0): (1.2, 1)
    case ("fmn", .l1): (1.1, 1e-3)
    case ("fmn", _): (1.03, 1e-3)
    default: (1, 0)
    }
  }

  private func rounding(_ example: MinimalAttackCase) -> Double {
    let attack = example.attack as? DecoupledDirectionNorm
    return attack?.rounding == .eightBits ? 0.5 / 255 * Double(shape.pixelCount).squareRoot() : 1e-4
  }

  private func check(
    _ example: MinimalAttackCase, _ batch: AttackBatch, _ classifier: LinearClassifier, _ goal: ThreatModel.Goal,
    hasActiveBox: Bool
  ) throws {
    let proposal = try example.proposal(for: batch, goal, classifier: classifier)
    let evaluation = try Evaluation(
      of: proposal, on: batch, under: example.model(goal), classifier: classifier)
    let oracle = AffineOracle(classifier: classifier)
    let found = example.distances(evaluation.returnedImages, from: batch)
    let allowance = allowance(example, hasActiveBox: hasActiveBox)
    #expect(evaluation.summary.projectedCount == 0)
    for row in 0..<batch.count {
      let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: example.norm)
      #expect(exact.isFinite)
      #expect(evaluation.images[row].verdict == .succeeded, "image \(row), at \(exact)")
      // Logits are Floats: a margin of 1e-6 is none.
      #expect(found[row] >= exact * (1 - 1e-5) - 1e-5, "image \(row)")
      #expect(found[row] <= exact * allowance.factor + allowance.amount, "image \(row): \(found[row]) of \(exact)")
    }
  }

  @Test(
    "Between two classes the distance is the smallest there is, aimed or not", arguments: MinimalAttackCase.all)
  func twoClasses(example: MinimalAttackCase) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    // Pixels in the middle, not far from the face: no bound is met.
    let batch = try AttackBatch.correct(count: 25, for: classifier, in: 0.45...0.55, seed: 2)
    let aims = ThreatModel.Goal.targeted(batch.labels.map { 1 - $0 })
    for goal in [ThreatModel.Goal.untargeted, aims] {
      try check(example, batch, classifier, goal, hasActiveBox: false)
    }
  }

  @Test("Among many classes the nearest face is found", arguments: MinimalAttackCase.all)
  func manyClasses(example: MinimalAttackCase) throws {
    // One gradient, that of the cross-entropy at the image, need not point to the nearest face.
    guard example.attack.name != "minimal-fgsm" else { return }
    let classifier = LinearClassifier(inputShape: shape, classCount: 6, seed: 3)
    let batch = try AttackBatch.correct(count: 25, for: classifier, in: 0.4...0.6, seed: 4)
    let proposal = try example.proposal(for: batch, classifier: classifier)
    let found = example.distances(proposal.images, from: batch)
    let oracle = AffineOracle(classifier: classifier)
    let allowance = allowance(example, hasActiveBox: false)
    let ratios = (0..<batch.count).map { row in
      let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: example.norm)
      #expect(found[row] >= exact * (1 - 1e-5) - 1e-5)
      return (found[row] - allowance.amount) / exact
    }
    // Where two faces are about as near, an attack by gradient may settle for the further one.
    #expect(ratios.count { $0 <= allowance.factor } >= 20)
    if ["lbfgs", "deepfool"].contains(example.attack.name) {
      #expect(ratios.allSatisfy { $0 <= allowance.factor })
    }
  }

  @Test("Where pixels meet their bounds the distance is still the smallest", arguments: MinimalAttackCase.all)
  func activeBox(example: MinimalAttackCase) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 5)
    let batch = try AttackBatch.saturated(count: 25, for: classifier, seed: 6)
    let aims = ThreatModel.Goal.targeted(batch.labels.map { 1 - $0 })
    for goal in [ThreatModel.Goal.untargeted, aims] {
      try check(example, batch, classifier, goal, hasActiveBox: true)
    }
    // Pixels that were exactly 0 and exactly 1 have moved.
    let images = try example.proposal(for: batch, classifier: classifier).images
    for end: Float in [0, 1] {
      #expect(zip(batch.images.elements, images.elements).contains { $0 == end && $1 != end })
    }
  }

  @Test("Bounds other than 0 and 1 are kept", arguments: MinimalAttackCase.all)
  func otherBounds(example: MinimalAttackCase) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 7)
    let batch = try AttackBatch.correct(count: 10, for: classifier, in: 0.25...0.75, seed: 8)
    let model = ThreatModel(norm: example.norm, epsilon: .infinity, bounds: 0.25...0.75)
    let images = try example.attack.perturbedImages(for: batch, under: model, classifier: classifier).images
    #expect(images.elements.allSatisfy { (0.25...0.75).contains($0) })
    var oracle = AffineOracle(classifier: classifier)
    oracle.bounds = 0.25...0.75
    let allowance = allowance(example, hasActiveBox: true)
    for (row, found) in example.distances(images, from: batch).enumerated() {
      let exact = oracle.distance(of: batch.images[row: row], label: batch.labels[row], in: example.norm)
      guard exact.isFinite else { continue }
      #expect(found >= exact * (1 - 1e-5) - 1e-5 && found <= exact * allowance.factor + allowance.amount)
    }
  }
}
