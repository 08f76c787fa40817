import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct FewPixelAttackTests {
  private let shape = ImageShape(channels: 1, height: 8, width: 8)

  @Test("One pixel is found wherever an exhaustive search finds one, and nowhere else")
  func exhaustive() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 7)
    let batch = try AttackBatch.correct(count: 120, for: classifier, seed: 8)
    // Of a linear classifier a pixel does most at one end of its range.
    var fooled: [Bool] = []
    for row in 0..<batch.count {
      var images: [Float] = []
      for pixel in 0..<64 {
        for value: Float in [0, 1] {
          var image = Array(batch.images[row: row])
          image[pixel] = value
          images += image
        }
      }
      let labels = Prediction.rows(
        of: try classifier.logits(of: Tensor(shape: [128, 1, 8, 8], elements: images)))
      fooled.append(labels.contains { $0.label != batch.labels[row] })
    }
    let evaluation = try Evaluation(
      of: FewPixelAttack(populationSize: 100, queryLimit: 4000, seed: 1), on: batch,
      under: ThreatModel(norm: .l0, epsilon: 1), classifier: classifier)
    let found = evaluation.images.map { $0.verdict == .succeeded }
    #expect(fooled.count(where: \.self) > 30 && fooled.count(where: \.self) < 110)
    #expect(zip(found, fooled).allSatisfy { !$0 || $1 })
    let missed = zip(found, fooled).count { !$0 && $1 }
    #expect(missed <= 1, "\(missed) of \(fooled.count(where: \.self)) missed")
  }

  @Test("As many pixels change as were allowed, in all their channels", arguments: [1, 2, 5])
  func pixels(count: Int) throws {
    let shape = ImageShape(channels: 3, height: 5, width: 7)
    let classifier = LinearClassifier(inputShape: shape, classCount: 6, seed: 3)
    let batch = try AttackBatch.correct(count: 40, for: classifier, seed: 8)
    let evaluation = try Evaluation(
      of: FewPixelAttack(populationSize: 30, queryLimit: 600), on: batch,
      under: ThreatModel(norm: .l0, epsilon: Float(3 * count)), classifier: classifier)
    #expect(evaluation.summary.success.count > 5 && evaluation.summary.projectedCount == 0)
    for row in 0..<40 where evaluation.images[row].verdict == .succeeded {
      let (clean, returned) = (Array(batch.images[row: row]), Array(evaluation.returnedImages[row: row]))
      let places = Set(clean.indices.filter { clean[$0] != returned[$0] }.map { $0 % 35 })
      #expect((1...count).contains(places.count))
    }
  }

  @Test("Every pixel of the image can be hit, the last row and column included, and no other")
  func edges() {
    let changes = PixelChanges(shape: ImageShape(channels: 1, height: 3, width: 5), count: 1)
    var generator = SeededGenerator(seed: 2)
    var hit = Set<Int>()
    for _ in 0..<2000 {
      var candidate = changes.drawn(in: 0...1, using: &generator)
      candidate[0] += 4 * generator.uniform() - 2
      candidate[1] += 4 * generator.uniform() - 2
      let image = changes.applied(changes.held(candidate, in: 0...1), to: [Float](repeating: -1, count: 15))
      let changed = image.indices.filter { image[$0] != -1 }
      #expect(changed.count == 1)
      hit.formUnion(changed)
    }
    #expect(hit.count == 15)
    let corner = changes.held([99, 99, 7], in: 0...1)
    #expect(changes.applied(corner, to: [Float](repeating: 0, count: 15))[14] == 1)
  }

  @Test("A larger population and more generations find more of a network's images")
  func budget() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 60)
    let counts = try [200, 4000].map { limit in
      try Evaluation(
        of: FewPixelAttack(populationSize: 50, queryLimit: limit), on: batch,
        under: ThreatModel(norm: .l0, epsilon: 3), classifier: engine
      ).summary.success.count
    }
    #expect(counts[1] > counts[0], "\(counts)")
  }
}
