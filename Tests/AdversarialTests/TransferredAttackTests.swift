import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct TransferredAttackTests {
  private let shape = ImageShape(channels: 1, height: 8, width: 8)

  @Test(
    "The images are those made for the surrogate, judged by the classifier attacked, which is asked nothing")
  func images() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 3, seed: 1)
    let surrogate = LinearClassifier(inputShape: shape, classCount: 3, seed: 2)
    let batch = try AttackBatch.correct(count: 30, for: classifier, in: 0...1, seed: 3)
    let threatModel = ThreatModel(norm: .linf, epsilon: 0.2)
    let attack = TransferredAttack(FastGradientSignMethod(), from: surrogate)
    #expect(attack.name == "transferred-fgsm")

    let evaluation = try Evaluation(of: attack, on: batch, under: threatModel, classifier: classifier)
    let expected = try FastGradientSignMethod().perturbedImages(
      for: batch, under: threatModel, classifier: surrogate)
    // But for the last bit of pixels that rounding had put outside the ball.
    func distance(_ images: Tensor) -> Float {
      zip(images.elements, expected.images.elements).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(distance(evaluation.attemptedImages) < 1e-7)
    #expect(evaluation.cost == ClassifierCost(forwards: 0, backwards: 0))
    let own = try Evaluation(
      of: FastGradientSignMethod(), on: batch, under: threatModel, classifier: classifier)
    #expect(distance(own.attemptedImages) > 0.1)
    // Another random network says nothing of this one: its images do less.
    #expect(evaluation.summary.success.count < own.summary.success.count)
  }
}
