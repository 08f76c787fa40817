import Networks
import Synchronization
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// What every black-box attack must hold to.
@Suite struct BlackBoxAttackTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let norm: Norm
    let epsilon: Float
    let isLabelOnly: Bool
    let make: @Sendable (_ queryLimit: Int) -> any BlackBoxAttack
    var attack: any BlackBoxAttack { make(400) }
    var testDescription: String { "\(attack.name) \(norm)" }

    init(
      _ norm: Norm, _ epsilon: Float, labels isLabelOnly: Bool = false,
      _ make: @escaping @Sendable (Int) -> any BlackBoxAttack
    ) {
      (self.norm, self.epsilon, self.isLabelOnly, self.make) = (norm, epsilon, isLabelOnly, make)
    }
  }

  /// Every attack, in every norm; budgets that fool some of the images and not all.
  static let cases: [Case] =
    [(Norm.linf, Float(0.0625)), (.l2, 0.25)].flatMap { norm, epsilon in
      [
        Case(norm, epsilon) { FiniteDifferences(stepCount: 4, queryLimit: $0, seed: 3) },
        Case(norm, epsilon) { EstimatedAscent(.nes, sampleCount: 20, queryLimit: $0, seed: 3) },
        Case(norm, epsilon) { EstimatedAscent(.spsa, sampleCount: 20, queryLimit: $0, seed: 3) },
        Case(norm, epsilon) { SquareAttack(queryLimit: $0, seed: 3) },
        Case(norm, .infinity, labels: true) { HopSkipJump(sampleCount: 20, queryLimit: $0, seed: 3) },
      ]
    } + [
      Case(.l0, 2) { FewPixelAttack(populationSize: 20, queryLimit: $0, seed: 3) },
      Case(.l2, .infinity, labels: true) { BoundaryAttack(queryLimit: $0, seed: 3) },
    ]

  private let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 1, height: 4, width: 4), classCount: 5, seed: 8)

  private func batch(_ count: Int) throws -> AttackBatch {
    try AttackBatch.correct(count: count, for: classifier, seed: 9)
  }

  private func model(_ test: Case, _ goal: ThreatModel.Goal = .untargeted) -> ThreatModel {
    ThreatModel(norm: test.norm, epsilon: test.epsilon, goal: goal)
  }

  /// A black box and no more: it has no gradient to give, and keeps what it was asked.
  private final class Box: Classifier {
    let base: LinearClassifier
    let answer: @Sendable ([Float]) -> [Float]
    let asked = Mutex<[[Float]]>([])

    init(_ base: LinearClassifier, _ answer: @escaping @Sendable ([Float]) -> [Float] = { $0 }) {
      self.base = base
      self.answer = answer
    }

    var inputShape: ImageShape { base.inputShape }
    var classCount: Int { base.classCount }

    func logits(of images: Tensor) throws -> Tensor {
      asked.withLock { asked in asked += (0..<images.count).map { Array(images[row: $0]) } }
      let logits = try base.logits(of: images)
      return Tensor(
        shape: logits.shape, elements: (0..<images.count).flatMap { answer(Array(logits[row: $0])) })
    }
  }

  @Test("No image costs more than its budget, and every query is in its trace", arguments: cases)
  func budget(_ test: Case) throws {
    let batch = try batch(12)
    for limit in [0, 1, 2, 3, 7, 50, 400] {
      let box = Box(classifier)
      let result = try test.make(limit).perturbedImages(for: batch, under: model(test), blackBox: box)
      let traces = try #require(result.traces)
      #expect(traces.allSatisfy { $0.queryCount <= limit })
      #expect(traces.reduce(0) { $0 + $1.queryCount } == box.asked.withLock { $0.count })
      // Who has not succeeded goes on, but for the pixels' slopes, which are known after so many steps.
      if test.attack.name != "finite-differences" {
        // What is left is too little for the next round: a pair and a verdict, a generation, an estimate and a jump.
        let rest =
          ["nes": 2, "spsa": 2, "few-pixel": limit < 4 ? 0 : 3, "hop-skip-jump": 1][test.attack.name] ?? 0
        #expect(traces.allSatisfy { $0.firstSuccess != nil || limit - $0.queryCount <= rest })
      }
    }
  }

  @Test("The evaluation counts the same queries, and no backward pass", arguments: cases)
  func cost(_ test: Case) throws {
    let evaluation = try Evaluation(
      of: test.attack, on: batch(12), under: model(test), classifier: classifier)
    let traces = evaluation.images.compactMap(\.queries)
    #expect(traces.count == 12)
    #expect(
      evaluation.cost
        == ClassifierCost(forwards: traces.reduce(0) { $0 + $1.queryCount }, backwards: 0))
    let successes = evaluation.images.filter { $0.verdict == .succeeded }
    #expect(!successes.isEmpty && evaluation.summary.projectedCount == 0)
    for image in evaluation.images {
      let distance = image.queries?.improvements.last?.distance
      #expect((distance != nil) == (image.verdict == .succeeded))
      // But for the last bits of pixels, by which a query may be longer than ε and an image may not.
      if let distance { #expect(abs(distance - image.distortion.length(in: test.norm)) < 1e-6) }
    }
  }

  @Test("Queries lie in the box, also from images whose pixels are at its edge", arguments: cases)
  func box(_ test: Case) throws {
    let box = Box(classifier)
    let batch = try AttackBatch.saturated(count: 8, for: classifier, seed: 4)
    _ = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: box)
    let isInside = box.asked.withLock { $0.allSatisfy { $0.allSatisfy { (0...1).contains($0) } } }
    #expect(isInside)
  }

  @Test(
    "An image's queries and proposal are the same alone, in a batch and in a reversed batch", arguments: cases
  )
  func batches(_ test: Case) throws {
    // More than are under way at once, so that rounds are cut in other places.
    let batch = try batch(300)
    let together = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: classifier)
    let order = Array((0..<300).reversed())
    let reversed = try test.attack.perturbedImages(
      for: batch.selecting(order), under: model(test), blackBox: classifier)
    #expect(reversed.images == together.images.rows(order))
    #expect(reversed.traces == order.map { together.traces![$0] })
    for row in [0, 130, 299] {
      let alone = try test.attack.perturbedImages(
        for: batch.selecting([row]), under: model(test), blackBox: classifier)
      #expect(alone.images == together.images.rows([row]) && alone.traces == [together.traces![row]])
    }
  }

  @Test("A box that gives the same answer to everything is noticed", arguments: cases)
  func sameAnswer(_ test: Case) throws {
    let batch = try batch(6)
    let silent = Box(classifier) { _ in [0, 0, 0, 0, 0] }
    let traces = try #require(
      try test.attack.perturbedImages(for: batch, under: model(test), blackBox: silent).traces)
    #expect(traces.allSatisfy { $0.queryCount < 2 || $0.answersDiffer == false })
    let changing = try #require(
      try test.attack.perturbedImages(for: batch, under: model(test), blackBox: classifier).traces)
    #expect(changing.contains { $0.answersDiffer == true })
  }

  @Test("A constant added to every score changes no image", arguments: cases)
  func shifted(_ test: Case) throws {
    // Sixteenths, so that sums are exact whatever is added.
    var generator = SeededGenerator(seed: 5)
    func sixteenths(_ count: Int, below limit: UInt64) -> [Float] {
      (0..<count).map { _ in Float(generator.next(upperBound: limit)) / 16 }
    }
    let exact = LinearClassifier(
      inputShape: classifier.inputShape,
      weights: Tensor(shape: [5, 16], elements: sixteenths(80, below: 33)),
      biases: [0, 0, 0, 0, 0])
    let images = Tensor(shape: [10, 1, 4, 4], elements: sixteenths(160, below: 17))
    let labels = Prediction.rows(of: try exact.logits(of: images)).map(\.label)
    let batch = AttackBatch(images: images, labels: labels, imageIDs: Array(0..<10))
    let plain = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: exact)
    let moved = try test.attack.perturbedImages(
      for: batch, under: model(test), blackBox: exact.shifted(by: 4))
    #expect(plain.traces!.map(\.firstSuccess) == moved.traces!.map(\.firstSuccess))
    // Scores are rounded to Float at another height: a direction that is estimated from them moves a little, and
    // Adam makes a whole step of a slope that should be 0.
    guard test.attack.name != "spsa" else { return }
    let difference = zip(plain.images.elements, moved.images.elements).map { abs($0 - $1) }.max() ?? 0
    #expect(difference < 0.01)
  }

  @Test("Renaming the classes changes no image", arguments: cases)
  func permuted(_ test: Case) throws {
    let batch = try batch(20)
    let order = [2, 0, 4, 3, 1]
    let renamed = AttackBatch(
      images: batch.images, labels: batch.labels.map { order[$0] }, imageIDs: batch.imageIDs)
    let plain = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: classifier)
    let other = try test.attack.perturbedImages(
      for: renamed, under: model(test), blackBox: classifier.permuted(order))
    #expect(plain.images == other.images)
  }

  @Test("An attack on labels sees no more than labels", arguments: cases.filter(\.isLabelOnly))
  func labels(_ test: Case) throws {
    let batch = try batch(20)
    let open = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: classifier)
    let closed = try test.attack.perturbedImages(
      for: batch, under: model(test),
      blackBox: Box(classifier) { scores in
        let best = scores.firstIndex(of: scores.max()!)!
        return scores.indices.map { $0 == best ? 1 : 0 }
      })
    #expect(open.images == closed.images && open.traces == closed.traces)
    #expect(open.traces!.contains { $0.firstSuccess != nil })
  }

  @Test("Of a network, one worker and two give the same", arguments: cases)
  func workers(_ test: Case) throws {
    let one = try Engine.convolutional(seed: 3, workerCount: 1)
    let two = try Engine.convolutional(seed: 3, workerCount: 2)
    let batch = try AttackBatch.correct(count: 40, for: one, seed: 4)
    let alone = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: one)
    let both = try test.attack.perturbedImages(for: batch, under: model(test), blackBox: two)
    #expect(alone.images == both.images && alone.traces == both.traces)
  }

  @Test("A target is reached where any class is", arguments: cases)
  func targeted(_ test: Case) throws {
    let batch = try batch(20)
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 5)
    let owned = try self.batch(60)
    let attack: any BlackBoxAttack =
      switch test.attack.name {
      case "boundary":
        BoundaryAttack(
          queryLimit: 400, startingImages: StartingImages(images: owned.images, labels: owned.labels))
      case "hop-skip-jump":
        HopSkipJump(
          queryLimit: 400, startingImages: StartingImages(images: owned.images, labels: owned.labels))
      default: test.attack
      }
    let wide = ThreatModel(
      norm: test.norm, epsilon: test.epsilon.isFinite ? (test.norm == .l0 ? 16 : 1.5) : .infinity,
      goal: .targeted(targets))
    let evaluation = try Evaluation(of: attack, on: batch, under: wide, classifier: classifier)
    #expect(evaluation.summary.success.count >= 15, "\(evaluation.summary.success)")
    for image in evaluation.images where image.verdict == .succeeded {
      #expect(image.after.label == image.target)
    }
  }

  @Test(
    "Where nothing may change nothing is asked",
    arguments: cases.filter { $0.epsilon.isFinite && $0.norm != .l0 })
  func zero(_ test: Case) throws {
    let box = Box(classifier)
    let batch = try batch(3)
    let result = try test.attack.perturbedImages(
      for: batch, under: ThreatModel(norm: test.norm, epsilon: 0), blackBox: box)
    #expect(result.images == batch.images && box.asked.withLock { $0.isEmpty })
  }

  @Test(
    "Pairs lie around the image that the verdict before was about, at the given distance",
    arguments: [EstimatedAscent.Kind.nes, .spsa])
  func pairs(_ kind: EstimatedAscent.Kind) throws {
    // A target that no logit reaches, so that the whole budget is spent, and room for every step.
    let flat = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 4),
      weights: Tensor(shape: [3, 16], elements: (0..<48).map { $0 < 32 ? Float($0 % 5) - 2 : 0 }),
      biases: [0, 0, -1000])
    let box = Box(flat)
    let batch = try AttackBatch.correct(count: 1, for: flat, in: 0.49...0.51, seed: 2)
    let attack = EstimatedAscent(
      kind, sampleCount: 6, radius: 0.02, relativeStepSize: 0.1, queryLimit: 70, seed: 4)
    _ = try attack.perturbedImages(
      for: batch, under: ThreatModel(norm: .linf, epsilon: 0.3, goal: .targeted([2])), blackBox: box)
    let asked = box.asked.withLock { $0 }
    #expect(asked.count == 70)
    var current = Array(batch.images[row: 0])
    for step in 0..<10 {
      for pair in 0..<3 {
        let (upper, lower) = (asked[7 * step + 2 * pair], asked[7 * step + 2 * pair + 1])
        for pixel in 0..<16 {
          #expect(abs((upper[pixel] + lower[pixel]) / 2 - current[pixel]) < 1e-6)
          if kind == .spsa { #expect(abs(abs(upper[pixel] - lower[pixel]) - 0.04) < 1e-6) }
        }
      }
      let verdict = asked[7 * step + 6]
      #expect(verdict != current)
      #expect(zip(verdict, batch.images[row: 0]).allSatisfy { abs($0 - $1) <= 0.3 + 1e-6 })
      current = verdict
    }
  }

  @Test("No images give no images", arguments: cases)
  func empty(_ test: Case) throws {
    let none = try batch(1).selecting([])
    let result = try test.attack.perturbedImages(for: none, under: model(test), blackBox: classifier)
    #expect(result.images == none.images && result.traces == [])
  }
}
