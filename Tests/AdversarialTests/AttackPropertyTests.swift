import Networks
import Tensors
import TestSupport
import Testing

@testable import Adversarial

/// What every attack with a budget must hold to, in every norm it knows.
@Suite struct AttackPropertyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let attack: any Attack
    let norm: Norm
    var testDescription: String { "\(attack.name) \(norm)" }

    /// A budget that fools some of the images of these tests and not all.
    var epsilon: Float { norm == .linf ? 0.0625 : norm == .l2 ? 0.25 : 1 }
  }

  static let cases: [Case] = {
    let everywhere: [any Attack] = [
      FastGradientSignMethod(),
      ProjectedGradientDescent(stepCount: 8, start: .random(restartCount: 2, seed: 4)),
      ProjectedGradientDescent(stepCount: 6, start: .image, loss: .margin, l1Step: .dense),
      ProjectedGradientDescent(
        stepCount: 6, loss: .differenceOfLogitsRatio, stopping: .atFirstSuccess),
      ProjectedGradientDescent.basicIterative(), MomentumIterative(), GradientRotation(),
      NoisePerturbation(kind: .gaussian), NoisePerturbation(kind: .uniform),
      NoisePerturbation(kind: .randomSign),
    ]
    let steered: [any Attack] = [
      AutoPGD(stepCount: 12, seed: 4),
      AutoPGD(objective: .loss(.differenceOfLogitsRatio), stepCount: 12, restartCount: 2),
    ]
    return everywhere.flatMap { attack in Norm.withBalls.map { Case(attack: attack, norm: $0) } }
      + steered.flatMap { attack in [Norm.linf, .l2].map { Case(attack: attack, norm: $0) } }
  }()
  /// Those that know no target.
  static let untargeted = [Norm.linf, .l2].map {
    Case(attack: AutoPGD(objective: .likelyTargets(count: 9), stepCount: 10), norm: $0)
  }

  let shape = ImageShape(channels: 1, height: 4, width: 4)

  /// Weights and pixels are multiples of 1/16, so that logits are exact whatever is added or multiplied.
  private func exactCase(count: Int) throws -> (classifier: LinearClassifier, batch: AttackBatch) {
    var generator = SeededGenerator(seed: 10)
    func sixteenths(_ count: Int, below limit: UInt64) -> [Float] {
      (0..<count).map { _ in Float(generator.next(upperBound: limit)) / 16 }
    }
    let classifier = LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [5, 16], elements: sixteenths(80, below: 33)),
      biases: [0, 0, 0, 0, 0])
    let images = Tensor(shape: [count, 1, 4, 4], elements: sixteenths(16 * count, below: 17))
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    return (classifier, AttackBatch(images: images, labels: labels, imageIDs: Array(0..<count)))
  }

  private func models(_ test: Case, _ batch: AttackBatch) -> [ThreatModel] {
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 5)
    let goals: [ThreatModel.Goal] =
      Self.untargeted.contains { $0.attack.name == test.attack.name }
      ? [.untargeted] : [.untargeted, .targeted(targets)]
    return goals.map { ThreatModel(norm: test.norm, epsilon: test.epsilon, goal: $0) }
  }

  private func run(
    _ attack: any Attack, _ batch: AttackBatch, _ model: ThreatModel,
    _ classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    try attack.perturbedImages(for: batch, under: model, classifier: classifier)
  }

  @Test("Proposals lie in ball and box and need no projection", arguments: cases + untargeted)
  func inside(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 30)
    for model in models(test, batch) {
      let evaluation = try Evaluation(of: test.attack, on: batch, under: model, classifier: classifier)
      #expect(evaluation.summary.projectedCount == 0)
      for row in 0..<30 {
        let image = evaluation.attemptedImages[row: row]
        #expect(image.allSatisfy { (0...1).contains($0) })
        let difference = zip(image, batch.images[row: row]).map { Double($0) - Double($1) }
        #expect(model.length(difference) <= Double(model.epsilon) + model.tolerance(pixelCount: 16))
      }
    }
  }

  @Test(
    "An image's proposal is the same alone, in a batch and in a reversed batch", arguments: cases + untargeted
  )
  func batches(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 20)
    for model in models(test, batch) {
      let together = try run(test.attack, batch, model, classifier)
      let order = Array((0..<20).reversed())
      let reversed = try run(test.attack, batch.selecting(order), model.selecting(order), classifier)
      #expect(reversed.images == together.images.rows(order))
      for row in [0, 7, 19] {
        let alone = try run(test.attack, batch.selecting([row]), model.selecting([row]), classifier)
        #expect(alone.images == together.images.rows([row]))
      }
    }
  }

  @Test("A network on one worker and on two gives the same proposals", arguments: cases + untargeted)
  func workers(_ test: Case) throws {
    let one = try Engine.convolutional(seed: 3, workerCount: 1)
    let two = try Engine.convolutional(seed: 3, workerCount: 2)
    let batch = try AttackBatch.correct(count: 40, for: one, seed: 4)
    let model = ThreatModel(norm: test.norm, epsilon: test.epsilon)
    let alone = try run(test.attack, batch, model, one).images
    #expect(try run(test.attack, batch, model, two).images == alone)
  }

  @Test("With epsilon 0 the images come back bit for bit", arguments: cases + untargeted)
  func zeroEpsilon(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 4)
    var images = batch.images
    images.elements[1] = -0.0
    let signed = AttackBatch(images: images, labels: batch.labels, imageIDs: batch.imageIDs)
    let result = try run(test.attack, signed, ThreatModel(norm: test.norm, epsilon: 0), classifier)
    #expect(result.images.elements.map(\.bitPattern) == images.elements.map(\.bitPattern))
  }

  @Test("A constant added to every logit changes no image", arguments: cases + untargeted)
  func shifted(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 20)
    for model in models(test, batch) {
      let plain = try run(test.attack, batch, model, classifier)
      let moved = try run(test.attack, batch, model, classifier.shifted(by: -128))
      // Of a linear classifier the direction depends on which class is second, hardly on rounded logits: softmax
      // weights differ by 1e-5, and so do steps that are not signs.
      let difference = zip(plain.images.elements, moved.images.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(difference < 1e-3 * test.epsilon)
    }
  }

  @Test(
    "Pixels on a scale of 0 to 256 with a first layer to match give the same images",
    arguments: cases + untargeted)
  func scaled(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 20)
    let wide = LinearClassifier(
      inputShape: shape,
      weights: Tensor(shape: [5, 16], elements: classifier.weights.elements.map { $0 / 256 }),
      biases: classifier.biases)
    let wideBatch = AttackBatch(
      images: Tensor(shape: batch.images.shape, elements: batch.images.elements.map { $0 * 256 }),
      labels: batch.labels, imageIDs: batch.imageIDs)
    for model in models(test, batch) {
      let wideModel = ThreatModel(
        norm: test.norm, epsilon: model.epsilon * 256, bounds: 0...256, goal: model.goal)
      let narrow = try run(test.attack, batch, model, classifier).images
      let result = try run(test.attack, wideBatch, wideModel, wide).images
      // A power of two moves no bit; the tolerance of the projection scales along.
      #expect(result.elements.map { $0 / 256 } == narrow.elements)
    }
  }

  @Test("Renaming the classes changes no image", arguments: cases + untargeted)
  func permuted(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 20)
    let order = [2, 0, 4, 3, 1]
    let renamed = AttackBatch(
      images: batch.images, labels: batch.labels.map { order[$0] }, imageIDs: batch.imageIDs)
    for model in models(test, batch) {
      var goal = model.goal
      if case .targeted(let targets) = goal { goal = .targeted(targets.map { order[$0] }) }
      let other = ThreatModel(norm: test.norm, epsilon: test.epsilon, goal: goal)
      let one = try run(test.attack, batch, model, classifier).images
      let two = try run(test.attack, renamed, other, classifier.permuted(order)).images
      // Sums over classes run in another order.
      let difference = zip(one.elements, two.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(difference < 1e-5)
    }
  }

  @Test("No images give no images", arguments: cases + untargeted)
  func empty(_ test: Case) throws {
    let (classifier, batch) = try exactCase(count: 1)
    let none = batch.selecting([])
    let result = try run(test.attack, none, ThreatModel(norm: test.norm, epsilon: 0.1), classifier)
    #expect(result.images == none.images && result.zeroGradientRows.isEmpty)
  }
}
