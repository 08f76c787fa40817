import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct CountingClassifierTests {
  @Test("An evaluation tells what the attack asked for, in images, without what judging took")
  func evaluation() throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 4), classCount: 4, seed: 1)
    let right = try AttackBatch.correct(count: 10, for: classifier, seed: 2)
    let labels = right.labels.enumerated().map { [2, 5, 6].contains($0) ? ($1 + 1) % 4 : $1 }
    let batch = AttackBatch(images: right.images, labels: labels, imageIDs: right.imageIDs)
    let model = ThreatModel(norm: .linf, epsilon: 0.001)
    func summary(_ attack: some Attack) throws -> EvaluationSummary {
      try Evaluation(of: attack, on: batch, under: model, classifier: classifier).summary
    }
    // Seven images are worth attacking.
    let fast = try summary(FastGradientSignMethod())
    #expect(fast.cost == ClassifierCost(forwards: 7, backwards: 7) && fast.forwardsPerImage == 1)
    let steps = try summary(ProjectedGradientDescent(stepCount: 9))
    // Every iterate but the last needs a gradient.
    #expect(steps.forwardsPerImage == 10 && steps.backwardsPerImage == 9)
    let auto = try summary(AutoPGD(stepCount: 9))
    #expect(auto.backwardsPerImage == 10)
    let elsewhere = try Evaluation(
      of: PerturbedImages(images: batch.images), on: batch, under: model, classifier: classifier)
    #expect(elsewhere.summary.cost == nil && elsewhere.summary.forwardsPerImage == nil)
  }

  @Test("Counting changes no result")
  func transparent() throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 4), classCount: 4, seed: 1)
    let images = try AttackBatch.correct(count: 6, for: classifier, seed: 2).images
    let counting = CountingClassifier(classifier)
    #expect(try counting.logits(of: images) == classifier.logits(of: images))
    #expect(counting.cost == ClassifierCost(forwards: 6, backwards: 0))
  }
}
