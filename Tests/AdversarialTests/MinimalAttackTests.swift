import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// What every attack for the smallest perturbation has to hold to, whatever its method.
@Suite struct MinimalAttackTests {
  @Test("A proposal is judged a success or is the image itself, bit for bit", arguments: MinimalAttackCase.all)
  func honest(example: MinimalAttackCase) throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 40)
    let aims = TargetChoice.random(seed: 3).targets(
      labels: batch.labels, imageIDs: batch.imageIDs, classCount: engine.classCount)
    for goal in [ThreatModel.Goal.untargeted, .targeted(aims)] {
      let proposal = try example.proposal(for: batch, goal, classifier: engine)
      let evaluation = try Evaluation(of: proposal, on: batch, under: example.model(goal), classifier: engine)
      for (row, image) in evaluation.images.enumerated() where image.verdict != .succeeded {
        #expect(proposal.images[row: row] == batch.images[row: row])
      }
      #expect(evaluation.summary.projectedCount == 0 && proposal.zeroGradientRows.isEmpty)
      // One step along one gradient is not expected to reach a class of somebody else's choice.
      let isOneStep = example.attack.name == "minimal-fgsm"
      if !isOneStep || goal == .untargeted { #expect(evaluation.summary.success.count >= 38) }
    }
  }

  @Test(
    "An image's proposal is the same alone, in a batch, in a reversed batch, and with one worker or two",
    arguments: MinimalAttackCase.all)
  func batches(example: MinimalAttackCase) throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 12)
    let aims = TargetChoice.next.targets(
      labels: batch.labels, imageIDs: batch.imageIDs, classCount: engine.classCount)
    for goal in [ThreatModel.Goal.untargeted, .targeted(aims)] {
      func attacked(_ rows: [Int], _ engine: Engine) throws -> Tensor {
        try example.attack.perturbedImages(
          for: batch.selecting(rows), under: example.model(goal).selecting(rows), classifier: engine
        ).images
      }
      let together = try attacked(Array(0..<12), engine)
      #expect(try attacked((0..<12).reversed(), engine) == together.rows((0..<12).reversed()))
      for row in [0, 7] { #expect(try attacked([row], engine) == together.rows([row])) }
      #expect(try attacked(Array(0..<12), TrainedNetwork.engine(workerCount: 1)) == together)
    }
  }

  @Test("A constant added to all logits changes no distance", arguments: MinimalAttackCase.all)
  func logitShift(example: MinimalAttackCase) throws {
    let shape = ImageShape(channels: 1, height: 4, width: 5)
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 11)
    let batch = try AttackBatch.saturated(count: 20, for: classifier, seed: 12)
    let plain = try example.proposal(for: batch, classifier: classifier).images
    for constant: Float in [-100, 100] {
      let shifted = try example.proposal(for: batch, classifier: classifier.shifted(by: constant)).images
      // Logits of size 100 are known to 4e-6, which moves the boundary by a little and a count of pixels by one.
      for (found, expected) in zip(
        example.distances(shifted, from: batch), example.distances(plain, from: batch))
      {
        expectClose(found, expected, absolute: example.norm == .l0 ? 1 : 2e-3, relative: 5e-3)
      }
    }
  }

  @Test("Renaming the classes changes no distance", arguments: MinimalAttackCase.all)
  func permutedClasses(example: MinimalAttackCase) throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 5), classCount: 4, seed: 14)
    let order = [2, 0, 3, 1]
    let batch = try AttackBatch.correct(count: 20, for: classifier, seed: 15)
    let renamed = AttackBatch(
      images: batch.images, labels: batch.labels.map { order[$0] }, imageIDs: batch.imageIDs)
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 4)
    for goals in [
      (ThreatModel.Goal.untargeted, ThreatModel.Goal.untargeted),
      (.targeted(targets), .targeted(targets.map { order[$0] })),
    ] {
      let one = try example.proposal(for: batch, goals.0, classifier: classifier).images
      let other = try example.proposal(for: renamed, goals.1, classifier: classifier.permuted(order)).images
      for (found, expected) in zip(
        example.distances(other, from: batch), example.distances(one, from: batch))
      {
        // Sums over the classes run in another order.
        expectClose(found, expected, absolute: 1e-4, relative: 1e-3)
      }
    }
  }

  @Test("A planted ball of another class is found at its surface", arguments: MinimalAttackCase.all)
  func planted(example: MinimalAttackCase) throws {
    let shape = ImageShape(channels: 1, height: 3, width: 4)
    let classifier = PlantedBall(
      inputShape: shape, centre: (0..<12).map { Float($0) / 11 }, radius: 0.2)
    let batch = try AttackBatch.correct(count: 20, for: classifier, seed: 16)
    #expect(batch.labels.allSatisfy { $0 == 0 })
    let proposal = try example.proposal(for: batch, classifier: classifier)
    let evaluation = try Evaluation(of: proposal, on: batch, under: example.model(), classifier: classifier)
    // The sign of one gradient does not lead into a small ball.
    guard example.attack.name != "minimal-fgsm" else { return }
    #expect(evaluation.summary.success == Proportion(20, of: 20))
    guard example.norm == .l2 else { return }
    for (row, found) in example.distances(proposal.images, from: batch).enumerated() {
      let exact = classifier.distance(of: batch.images[row: row])
      #expect(found >= exact - 1e-5)
      // DeepFool arrives where its straight lines end; the others go on along the surface.
      #expect(found <= exact * (example.attack.name == "deepfool" ? 1.2 : 1.05) + 0.01)
    }
  }

  @Test("Where no pixel matters the images come back and are counted", arguments: MinimalAttackCase.all)
  func flat(example: MinimalAttackCase) throws {
    let shape = ImageShape(channels: 1, height: 2, width: 3)
    let flat = LinearClassifier(inputShape: shape, weights: Tensor(shape: [3, 6]), biases: [0, 1, 0])
    let batch = try AttackBatch.correct(count: 4, for: flat, seed: 1)
    for goal in [ThreatModel.Goal.untargeted, .targeted([0, 2, 0, 2])] {
      let result = try example.proposal(for: batch, goal, classifier: flat)
      #expect(result.images == batch.images)
      #expect(result.zeroGradientRows == [0, 1, 2, 3])
    }
  }

  @Test("Images that are there already come back as they are, and no images give none", arguments: MinimalAttackCase.all)
  func reached(example: MinimalAttackCase) throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 2, width: 3), classCount: 3, seed: 2)
    let right = try AttackBatch.correct(count: 5, for: classifier, seed: 3)
    #expect(try example.proposal(for: right, .targeted(right.labels), classifier: classifier).images == right.images)
    let wrong = AttackBatch(
      images: right.images, labels: right.labels.map { ($0 + 1) % 3 }, imageIDs: right.imageIDs)
    #expect(try example.proposal(for: wrong, classifier: classifier).images == right.images)
    let none = right.selecting([])
    #expect(try example.proposal(for: none, classifier: classifier).images == none.images)
  }
}

/// Class 1 inside a ball, class 0 outside: z₁ − z₀ = 5 (ρ² − ‖x − p‖²).
struct PlantedBall: DifferentiableClassifier {
  let inputShape: ImageShape
  let centre: [Float]
  let radius: Double
  var classCount: Int { 2 }

  func distance(of pixels: ArraySlice<Float>) -> Double {
    Norm.l2.length(of: zip(pixels, centre).map { Double($0) - Double($1) }) - radius
  }

  func logits(of images: Tensor) throws -> Tensor {
    Tensor(
      shape: [images.count, 2],
      elements: (0..<images.count).flatMap { row in
        let distance = distance(of: images[row: row]) + radius
        return [0, Float(5 * (radius * radius - distance * distance))]
      })
  }

  func logitsAndImageGradients(
    of images: Tensor,
    logitGradient: @Sendable (_ row: Int, _ logits: Span<Float>, _ gradient: inout MutableSpan<Float>) -> Void
  ) throws -> (logits: Tensor, imageGradients: Tensor) {
    let logits = try logits(of: images)
    var gradients = Tensor(shape: images.shape)
    for row in 0..<images.count {
      var upstream: [Float] = [0, 0]
      var span = upstream.mutableSpan
      logitGradient(row, logits[row: row].span, &span)
      gradients[row: row] = ArraySlice(
        zip(images[row: row], centre).map { -10 * ($0 - $1) * upstream[1] })
    }
    return (logits, gradients)
  }
}
