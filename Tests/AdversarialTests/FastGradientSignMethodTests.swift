import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct FastGradientSignMethodTests {
  let shape = ImageShape(channels: 1, height: 6, width: 5)

  /// Two classes, z₁ − z₀ = wᵀx + b, with some weights exactly 0.
  private func twoClasses(seed: UInt64) -> (classifier: LinearClassifier, difference: [Float]) {
    var generator = SeededGenerator(seed: seed)
    var weights = generator.normals(2 * shape.pixelCount)
    for pixel in stride(from: 0, to: shape.pixelCount, by: 7) {
      weights[shape.pixelCount + pixel] = weights[pixel]
    }
    let difference = (0..<shape.pixelCount).map { weights[shape.pixelCount + $0] - weights[$0] }
    let classifier = LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [2, shape.pixelCount], elements: weights), biases: [0, 0.25])
    return (classifier, difference)
  }

  private func margins(_ classifier: LinearClassifier, _ images: Tensor, _ labels: [Int]) throws -> [Double] {
    let logits = try classifier.logits(of: images)
    return labels.indices.map { row in
      Double(logits.elements[2 * row + labels[row]]) - Double(logits.elements[2 * row + 1 - labels[row]])
    }
  }

  @Test(
    "On a linear classifier the margin falls by epsilon times the L1 norm of the weights",
    arguments: [Float(1) / 255, 0.1, 0.25], 0..<5 as Range<UInt64>)
  func margin(epsilon: Float, seed: UInt64) throws {
    let (classifier, difference) = twoClasses(seed: seed)
    // Pixels in [0.25, 0.75]: nothing is clipped.
    let batch = try AttackBatch.correct(count: 20, for: classifier, in: 0.25...0.75, seed: seed)
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: epsilon), classifier: classifier)
    let before = try margins(classifier, batch.images, batch.labels)
    let after = try margins(classifier, result.images, batch.labels)
    let fall = Double(epsilon) * Norm.l1(difference)
    for row in 0..<batch.count {
      // Logits are Floats of size 10 at most: 1e-6 each; 30 pixels are each rounded by 3e-8 · |w|.
      expectClose(before[row] - after[row], fall, absolute: 1e-5)
    }
    // The other way round: a step towards the label raises the margin by as much.
    let towards = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: epsilon, goal: .targeted(batch.labels)),
      classifier: classifier)
    for (row, margin) in try margins(classifier, towards.images, batch.labels).enumerated() {
      expectClose(margin - before[row], fall, absolute: 1e-5)
    }
  }

  @Test("The step is ε · sign(w), clipped to [0, 1], and a pixel without influence does not move")
  func signs() throws {
    let (classifier, difference) = twoClasses(seed: 3)
    let batch = try AttackBatch.correct(count: 10, for: classifier, seed: 4)
    let epsilon: Float = 0.3
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: epsilon), classifier: classifier)
    for row in 0..<batch.count {
      let up: Float = batch.labels[row] == 1 ? -1 : 1
      for (pixel, (before, after)) in zip(batch.images[row: row], result.images[row: row]).enumerated() {
        let slope = difference[pixel]
        let step = slope == 0 ? 0 : slope > 0 ? up * epsilon : -up * epsilon
        #expect(after == min(max(before + step, 0), 1))
      }
    }
    #expect(difference.contains(0) && result.zeroGradientRows.isEmpty)
  }

  @Test("With epsilon 0 the images come back bit for bit", arguments: [Norm.l1, .l2, .linf])
  func zeroEpsilon(norm: Norm) throws {
    let (classifier, _) = twoClasses(seed: 3)
    var batch = try AttackBatch.correct(count: 3, for: classifier, seed: 4)
    var images = batch.images
    images.elements[1] = -0.0
    batch = AttackBatch(images: images, labels: batch.labels, imageIDs: batch.imageIDs)
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: norm, epsilon: 0), classifier: classifier)
    #expect(result.images.elements.map(\.bitPattern) == images.elements.map(\.bitPattern))
  }

  @Test("Under L1 and L2 the step has length ε and the direction of the gradient", arguments: [Norm.l1, .l2])
  func otherNorms(norm: Norm) throws {
    let (classifier, difference) = twoClasses(seed: 6)
    let batch = try AttackBatch.correct(count: 8, for: classifier, in: 0.45...0.55, seed: 7)
    let epsilon: Float = 0.4
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: norm, epsilon: epsilon), classifier: classifier)
    for row in 0..<batch.count {
      let up = batch.labels[row] == 1 ? -1.0 : 1.0
      for (pixel, (before, after)) in zip(batch.images[row: row], result.images[row: row]).enumerated() {
        let step = up * Double(epsilon) * Double(difference[pixel]) / norm(difference)
        expectClose(Double(after) - Double(before), step, absolute: 1e-6)
      }
    }
  }

  @Test("Images with a gradient of zero stay as they are and are counted", arguments: [Norm.l1, .l2, .linf])
  func zeroGradient(norm: Norm) throws {
    let flat = LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [2, shape.pixelCount]), biases: [0, 1])
    let batch = try AttackBatch.correct(count: 4, for: flat, seed: 1)
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: norm, epsilon: 0.5), classifier: flat)
    #expect(result.images == batch.images)
    #expect(result.zeroGradientRows == [0, 1, 2, 3])
  }

  @Test("The scale of the logits does not matter, even where the loss of every image underflows")
  func saturated() throws {
    let (classifier, _) = twoClasses(seed: 8)
    let loud = LinearClassifier(
      inputShape: shape,
      weights: Tensor(
        shape: classifier.weights.shape, elements: classifier.weights.elements.map { $0 * 4096 }),
      biases: classifier.biases.map { $0 * 4096 })
    let batch = try AttackBatch.correct(count: 20, for: classifier, seed: 9)
    let model = ThreatModel(norm: .linf, epsilon: 0.1)
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: model, classifier: classifier)
    let same = try FastGradientSignMethod().perturbedImages(for: batch, under: model, classifier: loud)
    #expect(same.images == result.images)
    #expect(same.zeroGradientRows.isEmpty)
  }

  @Test("Attacking the prediction differs from attacking the label exactly where they differ")
  func lossLabel() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 10)
    let right = try AttackBatch.correct(count: 12, for: classifier, seed: 11)
    let wrong = AttackBatch(
      images: right.images, labels: right.labels.map { ($0 + 1) % 4 }, imageIDs: right.imageIDs)
    let model = ThreatModel(norm: .linf, epsilon: 0.1)
    func attacked(_ label: FastGradientSignMethod.LossLabel, _ batch: AttackBatch) throws -> Tensor {
      try FastGradientSignMethod(lossLabel: label)
        .perturbedImages(for: batch, under: model, classifier: classifier).images
    }
    #expect(try attacked(.prediction, right) == attacked(.trueLabel, right))
    #expect(try attacked(.prediction, wrong) == attacked(.prediction, right))
    #expect(try attacked(.trueLabel, wrong) != attacked(.trueLabel, right))
  }

  @Test(
    "An image's perturbation is the same alone, in a batch and in a reversed batch",
    arguments: [Norm.l1, .l2, .linf])
  func batches(norm: Norm) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 5, seed: 12)
    let batch = try AttackBatch.correct(count: 64, for: classifier, seed: 13)
    let targets = TargetChoice.random(seed: 3).targets(
      labels: batch.labels, imageIDs: batch.imageIDs, classCount: 5)
    for goal in [ThreatModel.Goal.untargeted, .targeted(targets)] {
      let model = ThreatModel(norm: norm, epsilon: 0.2, goal: goal)
      func attacked(_ rows: [Int]) throws -> Tensor {
        try FastGradientSignMethod().perturbedImages(
          for: batch.selecting(rows), under: model.selecting(rows), classifier: classifier
        ).images
      }
      let together = try attacked(Array(0..<64))
      #expect(try attacked((0..<64).reversed()) == together.rows((0..<64).reversed()))
      for row in [0, 17, 63] { #expect(try attacked([row]) == together.rows([row])) }
    }
  }

  @Test("Renaming the classes changes no image, targeted or not")
  func permutedClasses() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 14)
    let order = [2, 0, 3, 1]
    let batch = try AttackBatch.correct(count: 30, for: classifier, seed: 15)
    let renamed = AttackBatch(
      images: batch.images, labels: batch.labels.map { order[$0] }, imageIDs: batch.imageIDs)
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 4)
    for goals in [
      (ThreatModel.Goal.untargeted, ThreatModel.Goal.untargeted),
      (.targeted(targets), .targeted(targets.map { order[$0] })),
    ] {
      let one = try FastGradientSignMethod().perturbedImages(
        for: batch, under: ThreatModel(norm: .linf, epsilon: 0.1, goal: goals.0), classifier: classifier)
      let other = try FastGradientSignMethod().perturbedImages(
        for: renamed, under: ThreatModel(norm: .linf, epsilon: 0.1, goal: goals.1),
        classifier: classifier.permuted(order))
      #expect(one.images == other.images)
    }
  }

  @Test("No images give no images")
  func empty() throws {
    let (classifier, _) = twoClasses(seed: 1)
    let batch = AttackBatch(images: Tensor(shape: [0, 1, 6, 5]), labels: [], imageIDs: [])
    let result = try FastGradientSignMethod().perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: 0.1), classifier: classifier)
    #expect(result.images == batch.images)
  }
}
