import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct ProjectedGradientDescentTests {
  let shape = ImageShape(channels: 1, height: 5, width: 5)

  private func proposal(
    _ attack: some Attack, _ batch: AttackBatch, _ model: ThreatModel,
    _ classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try attack.perturbedImages(for: batch, under: model, classifier: classifier)
  }

  @Test(
    "One step of length ε from the image is the fast gradient method, bit for bit",
    arguments: Norm.withBalls, [false, true])
  func oneStep(norm: Norm, targeted: Bool) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 1)
    let batch = try AttackBatch.correct(count: 40, for: classifier, seed: 2)
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 4)
    let model = ThreatModel(norm: norm, epsilon: 0.1, goal: targeted ? .targeted(targets) : .untargeted)
    let one = ProjectedGradientDescent(stepCount: 1, relativeStepSize: 1, start: .image, l1Step: .dense)
    let fast = try proposal(FastGradientSignMethod(), batch, model, classifier).images
    let found = try proposal(one, batch, model, classifier).images
    // A linear classifier's cross-entropy rises along its gradient, but the margin may fall where three classes meet:
    // there the best image is the clean one.
    let differing = (0..<40).filter { found[row: $0] != fast[row: $0] }
    #expect(differing.allSatisfy { found[row: $0] == batch.images[row: $0] })
    #expect(differing.count < 4)
  }

  @Test(
    "On a linear classifier it succeeds exactly where a nearest adversarial image lies within ε, box and all",
    arguments: Norm.withBalls, [2, 4])
  func exact(norm: Norm, classCount: Int) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: classCount, seed: 3)
    var batch = try AttackBatch.correct(count: 80, for: classifier, in: -0.5...1.5, seed: 4)
    // Half of the pixels at a bound, as in pictures of digits.
    let images = Tensor(
      shape: batch.images.shape, elements: batch.images.elements.map { min(max($0, 0), 1) })
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    batch = AttackBatch(images: images, labels: labels, imageIDs: batch.imageIDs)
    let exact = LinearModelDistance(weights: classifier.weights, biases: classifier.biases)
    let distances = (0..<80).map {
      exact.distance(from: images[row: $0], label: labels[$0], norm: norm, bounds: 0...1)
    }
    let unbounded = (0..<80).map { exact.distance(from: images[row: $0], label: labels[$0], norm: norm) }
    #expect(zip(distances, unbounded).count { $0 > 1.01 * $1 } > 20)  // the box is felt

    let epsilon = Float(try #require(Statistics.median(distances)))
    // With four classes cross-entropy may climb towards the wrong one; the margin may as well, but every image is
    // tried towards each class.
    let attack = ProjectedGradientDescent(
      stepCount: 300, relativeStepSize: 0.02, start: .image, loss: .margin, l1Step: .sparse(share: 0.01))
    var fooled = [Bool](repeating: false, count: 80)
    for step in 1..<classCount {
      let model = ThreatModel(
        norm: norm, epsilon: epsilon, goal: .targeted(labels.map { ($0 + step) % classCount }))
      let found = try proposal(attack, batch, model, classifier).images
      for (row, prediction) in Prediction.rows(of: try classifier.logits(of: found)).enumerated()
      where prediction.label != labels[row] { fooled[row] = true }
    }
    for row in 0..<80 where abs(distances[row] / Double(epsilon) - 1) > 0.02 {
      #expect(fooled[row] == (distances[row] < Double(epsilon)), "image \(row) at \(distances[row])")
    }
  }

  /// Every pixel of [0, 1]² on a grid, by label of the network.
  private func isFoolable(
    _ engine: Engine, _ image: ArraySlice<Float>, label: Int, within model: ThreatModel
  ) throws -> Bool {
    let side = 201
    let grid = (0..<side * side).map { [Float($0 / side) / 200, Float($0 % side) / 200] }
    let inside = grid.filter { point in
      model.length(zip(point, image).map { Double($0) - Double($1) }) <= Double(model.epsilon)
    }
    guard !inside.isEmpty else { return false }
    let logits = try engine.logits(
      of: Tensor(shape: [inside.count, 1, 1, 2], elements: inside.flatMap { $0 }))
    return Prediction.rows(of: logits).contains { $0.label != label }
  }

  @Test("Whatever a grid over the ball of two pixels finds, restarts find as well", arguments: Norm.withBalls)
  func bruteForce(norm: Norm) throws {
    let engine = try Engine.plane(seed: 5)
    let batch = try AttackBatch.correct(count: 60, for: engine, seed: 6)
    let model = ThreatModel(norm: norm, epsilon: 0.15)
    let attack = ProjectedGradientDescent(
      stepCount: 40, start: .random(restartCount: 20, seed: 7), l1Step: .sparse(share: 1))
    let evaluation = try Evaluation(of: attack, on: batch, under: model, classifier: engine)
    let foolable = try (0..<60).filter {
      try isFoolable(engine, batch.images[row: $0], label: batch.labels[$0], within: model)
    }
    let fooled = (0..<60).filter { evaluation.images[$0].verdict == .succeeded }
    #expect(foolable.count > 10 && foolable.count < 55)
    #expect(Set(fooled).isSuperset(of: foolable))
  }

  @Test("More steps and more restarts never lose a success", arguments: Norm.withBalls)
  func monotone(norm: Norm) throws {
    let engine = try Engine.convolutional(seed: 8)
    let batch = try AttackBatch.correct(count: 60, for: engine, seed: 9)
    let model = ThreatModel(norm: norm, epsilon: norm == .linf ? 0.03 : norm == .l2 ? 0.12 : 0.5)
    func fooled(_ stepCount: Int, _ start: ProjectedGradientDescent.Start) throws -> Set<Int> {
      let attack = ProjectedGradientDescent(stepCount: stepCount, relativeStepSize: 0.2, start: start)
      let evaluation = try Evaluation(of: attack, on: batch, under: model, classifier: engine)
      return Set(evaluation.images.filter { $0.verdict == .succeeded }.map(\.imageID))
    }
    let bySteps = try [1, 2, 5, 20].map { try fooled($0, .image) }
    let byRestarts = try [1, 2, 4].map { try fooled(5, .random(restartCount: $0, seed: 1)) }
    for runs in [bySteps, byRestarts] {
      for (fewer, more) in zip(runs, runs.dropFirst()) { #expect(more.isSuperset(of: fewer)) }
    }
    #expect((1..<60).contains(bySteps[3].count) && bySteps[3].count > bySteps[0].count)
  }

  @Test("A larger budget never lowers success on a linear classifier", arguments: Norm.withBalls)
  func budgets(norm: Norm) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 11)
    let batch = try AttackBatch.correct(count: 60, for: classifier, seed: 12)
    let widest: Float = norm == .linf ? 1 : norm == .l2 ? 5 : 25
    let counts = try (0...8).map { step in
      try Evaluation(
        of: ProjectedGradientDescent(stepCount: 30, start: .image), on: batch,
        under: ThreatModel(norm: norm, epsilon: widest * Float(step) / 8), classifier: classifier
      ).summary.success.count
    }
    #expect(counts == counts.sorted() && counts.first == 0 && counts.last == 60)
  }

  @Test(
    "A planted ball of another class is found, however confident the classifier outside",
    arguments: Norm.withBalls)
  func planted(norm: Norm) throws {
    let centre = (0..<25).map { 0.5 + ($0 % 2 == 0 ? 0.1 : -0.1) as Float }
    let classifier = PlantedBall(inputShape: shape, centre: centre, radius: 0.05)
    let batch = AttackBatch(
      images: Tensor(repeating: 0.5, shape: [1, 1, 5, 5]), labels: [0], imageIDs: [3])
    let model = ThreatModel(norm: norm, epsilon: norm == .linf ? 0.11 : norm == .l2 ? 0.6 : 3)
    let attack = ProjectedGradientDescent(
      stepCount: 200, relativeStepSize: 0.02, start: .random(restartCount: 1, seed: 2), l1Step: .dense)
    let evaluation = try Evaluation(of: attack, on: batch, under: model, classifier: classifier)
    #expect(evaluation.images[0].verdict == .succeeded)
  }

  @Test("Images with a gradient of zero stay as they are and are counted", arguments: Norm.withBalls)
  func zeroGradient(norm: Norm) throws {
    let flat = LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [2, shape.pixelCount]), biases: [0, 1])
    let batch = try AttackBatch.correct(count: 4, for: flat, seed: 1)
    let attack = ProjectedGradientDescent(stepCount: 3, start: .image)
    let result = try proposal(attack, batch, ThreatModel(norm: norm, epsilon: 0.5), flat)
    #expect(result.images == batch.images)
    #expect(result.zeroGradientRows == [0, 1, 2, 3])
  }

  @Test("Stopping at the first success changes no verdict and asks for fewer gradients")
  func stopping() throws {
    let engine = try Engine.convolutional(seed: 8)
    let batch = try AttackBatch.correct(count: 50, for: engine, seed: 9)
    let model = ThreatModel(norm: .linf, epsilon: 0.04)
    let (all, first) = try (
      Evaluation(of: ProjectedGradientDescent(stepCount: 20), on: batch, under: model, classifier: engine),
      Evaluation(
        of: ProjectedGradientDescent(stepCount: 20, stopping: .atFirstSuccess), on: batch, under: model,
        classifier: engine)
    )
    #expect(all.images.map(\.verdict) == first.images.map(\.verdict))
    #expect((1..<50).contains(all.summary.success.count))
    #expect(try #require(first.cost).backwards < #require(all.cost).backwards)
  }

  @Test("The basic iterative method starts at the image and takes steps that add up to ε")
  func basicIterative() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 10, for: classifier, seed: 2)
    let model = ThreatModel(norm: .linf, epsilon: 0.125)
    let found = try proposal(ProjectedGradientDescent.basicIterative(), batch, model, classifier).images
    let fast = try proposal(FastGradientSignMethod(), batch, model, classifier).images
    // One direction throughout: ten steps of ε/10, each rounded to Float.
    expectClose(found, fast, absolute: 1e-6)
    #expect(ProjectedGradientDescent.basicIterative().name == "bim")
  }
}
