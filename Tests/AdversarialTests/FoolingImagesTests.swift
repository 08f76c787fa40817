import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct FoolingImagesTests {
  private static let shape = ImageShape(channels: 1, height: 3, width: 4)
  private static let linear = LinearClassifier(inputShape: shape, classCount: 3, seed: 5)

  @Test("On a linear classifier a step raises the logit by ε ‖w‖₁ under sigmoids, and moves every pixel by ε")
  func closedForm() throws {
    let epsilon = 0.3
    let noise = RubbishClass.noise(count: 20, shape: Self.shape, seed: 2)
    let before = try Self.linear.logits(of: noise)
    for label in 0..<3 {
      let step = try FoolingImages.step(
        from: noise, towards: label, epsilon: epsilon, scores: .sigmoid, classifier: Self.linear)
      let rise = epsilon * Norm.l1(Self.linear.weights[row: label])
      let after = try Self.linear.logits(of: step.images)
      for row in 0..<noise.count {
        let (old, new) = (
          Double(before.elements[row * 3 + label]), Double(after.elements[row * 3 + label])
        )
        // Pixels are rounded to Float.
        expectClose(new, old + rise, absolute: 1e-5)
        expectClose(step.before[row], 1 / (1 + exp(-old)), relative: 1e-12)
        expectClose(step.after[row], 1 / (1 + exp(-new)), relative: 1e-12)
      }
      for (moved, clean) in zip(step.images.elements, noise.elements) {
        expectClose(Double(abs(moved - clean)), epsilon, absolute: 1e-6)
      }
      #expect(step.zeroGradientCount == 0)
    }
  }

  @Test("Of two classes under softmax the step follows the difference of their weights")
  func softmax() throws {
    let weights = Tensor(shape: [2, 12], elements: (0..<24).map { Float(($0 * 7) % 5) - 2 })
    let classifier = LinearClassifier(inputShape: Self.shape, weights: weights, biases: [0, 0.5])
    let noise = RubbishClass.noise(count: 10, shape: Self.shape, seed: 2)
    for label in 0..<2 {
      let step = try FoolingImages.step(
        from: noise, towards: label, epsilon: 0.1, scores: .softmax, classifier: classifier)
      for row in 0..<10 {
        for pixel in 0..<12 {
          let slope = (weights.elements[12 * label + pixel] - weights.elements[12 * (1 - label) + pixel])
          let sign: Float = slope > 0 ? 1 : slope < 0 ? -1 : 0
          #expect(
            step.images.elements[12 * row + pixel]
              == Float(Double(noise.elements[12 * row + pixel]) + 0.1 * Double(sign)))
        }
      }
    }
  }

  @Test(
    "Counts over several portions are those of all images at once", arguments: [ScoreKind.softmax, .sigmoid])
  func portions(_ scores: ScoreKind) throws {
    let count = FoolingImages.portion + 44
    var done: [Int] = []
    let found = try FoolingImages(
      count: count, epsilon: 0.2, threshold: 0.6, scores: scores, seed: 9, classifier: Self.linear
    ) { done.append($0) }
    #expect(done == done.sorted() && done.last == 3 * count && done.count == 6)
    #expect(found.outcomes.count == 3)
    let noise = RubbishClass.noise(count: count, shape: Self.shape, seed: 9)
    for (label, outcome) in found.outcomes.enumerated() {
      let step = try FoolingImages.step(
        from: noise, towards: label, epsilon: 0.2, scores: scores, classifier: Self.linear)
      #expect(outcome.before == Proportion(step.before.count { $0 >= 0.6 }, of: count))
      #expect(outcome.fooled == Proportion(step.after.count { $0 >= 0.6 }, of: count))
      let gained = zip(step.before, step.after).count { $0 < 0.6 && $1 >= 0.6 }
      #expect(outcome.gained == Proportion(gained, of: count - outcome.before.count))
      let sure = step.after.filter { $0 >= 0.6 }
      expectClose(outcome.meanConfidence ?? .nan, sure.reduce(0, +) / Double(sure.count), relative: 1e-12)
      // Under sigmoids of a linear classifier no step makes a class less likely.
      if scores == .sigmoid { #expect(outcome.fooled.count == outcome.before.count + gained) }
    }
  }

  @Test("A threshold is reached when it is met; a class that has all noise gains none")
  func constant() throws {
    let classifier = LinearClassifier(
      inputShape: Self.shape, weights: Tensor(shape: [2, 12]), biases: [0, -30])
    let found = try FoolingImages(count: 9, epsilon: 1, scores: .sigmoid, seed: 1, classifier: classifier)
    #expect(
      found.outcomes[0].before == Proportion(9, of: 9) && found.outcomes[0].fooled == Proportion(9, of: 9))
    #expect(found.outcomes[0].gained == Proportion(0, of: 0) && found.outcomes[0].meanConfidence == 0.5)
    #expect(
      found.outcomes[1].fooled == Proportion(0, of: 9) && found.outcomes[1].gained == Proportion(0, of: 9))
    #expect(found.outcomes[1].meanConfidence == nil)
    // No weights, no gradient: nothing moves.
    #expect(found.outcomes.map(\.zeroGradientCount) == [9, 9])
  }

  @Test("A class far away has a direction, though no Float holds the gradient of its probability")
  func confident() throws {
    let weights = Tensor(shape: [2, 12], elements: (0..<24).map { $0 < 12 ? 40 : -40 })
    let classifier = LinearClassifier(inputShape: Self.shape, weights: weights, biases: [900, -900])
    for scores in [ScoreKind.softmax, .sigmoid] {
      let found = try FoolingImages(count: 5, epsilon: 4, scores: scores, seed: 1, classifier: classifier)
      #expect(found.outcomes[1].before.count == 0 && found.outcomes[1].fooled.count == 5)
      #expect(found.outcomes[1].zeroGradientCount == 0)
    }
  }

  @Test("What progress throws stops the work")
  func stopping() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try FoolingImages(count: 5, epsilon: 1, scores: .sigmoid, seed: 1, classifier: Self.linear) { _ in
        throw Stop()
      }
    }
  }

  @Test("A network gives the same counts for one worker and three")
  func workers() throws {
    let found = try [1, 3].map {
      try FoolingImages(
        count: 40, epsilon: 0.5, scores: .softmax, seed: 1,
        classifier: Engine.convolutional(seed: 4, workerCount: $0))
    }
    #expect(found[0] == found[1])
  }
}
