import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct NoisePerturbationTests {
  let shape = ImageShape(channels: 1, height: 8, width: 8)

  /// Most pixels at a bound.
  private func batch() throws -> (LinearClassifier, AttackBatch) {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 20, for: classifier, in: -1...2, seed: 2)
    let images = Tensor(
      shape: batch.images.shape, elements: batch.images.elements.map { min(max($0, 0), 1) })
    return (classifier, AttackBatch(images: images, labels: batch.labels, imageIDs: batch.imageIDs))
  }

  @Test(
    "The distance is ε after clipping, although most pixels are at a bound",
    arguments: NoisePerturbation.Kind.allCases, Norm.withBalls)
  func epsilon(kind: NoisePerturbation.Kind, norm: Norm) throws {
    let (classifier, batch) = try batch()
    let epsilon: Float = norm == .linf ? 0.2 : norm == .l2 ? 1 : 5
    let found = try NoisePerturbation(kind: kind, seed: 3).perturbedImages(
      for: batch, under: ThreatModel(norm: norm, epsilon: epsilon), classifier: classifier
    ).images
    for row in 0..<20 {
      #expect(found[row: row].allSatisfy { (0...1).contains($0) })
      expectClose(
        norm(zip(found[row: row], batch.images[row: row]).map { $0 - $1 }), Double(epsilon), relative: 1e-5)
    }
  }

  @Test("Each image is moved by its own distance, and images without one stay as they are")
  func distances() throws {
    let (_, batch) = try batch()
    let wanted = [100: 0.5, 103: 1.25]
    let images = NoisePerturbation(kind: .gaussian, distance: .ofImages(wanted))
      .images(for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity))
    for (row, id) in batch.imageIDs.enumerated() {
      let moved = Norm.l2(zip(images[row: row], batch.images[row: row]).map { $0 - $1 })
      expectClose(moved, wanted[id] ?? 0, relative: 1e-5)
    }
  }

  @Test("A distance that no noise can have in the box leaves every moved pixel at a bound")
  func unreachable() throws {
    let (_, batch) = try batch()
    let images = NoisePerturbation(kind: .randomSign)
      .images(for: batch, under: ThreatModel(norm: .l2, epsilon: 1000))
    #expect(images.elements.allSatisfy { $0 == 0 || $0 == 1 })
  }

  @Test("Random signs move every free pixel by ε, half of them up")
  func signs() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 50, for: classifier, in: 0.4...0.6, seed: 2)
    let images = NoisePerturbation(kind: .randomSign)
      .images(for: batch, under: ThreatModel(norm: .linf, epsilon: 0.125))
    let moves = zip(images.elements, batch.images.elements).map { $0 - $1 }
    #expect(moves.allSatisfy { abs(abs($0) - 0.125) < 1e-6 })
    // 3200 signs, standard deviation 28.
    #expect(abs(moves.count { $0 > 0 } - 1600) < 141)
  }

  @Test("It never calls the classifier, and seeds and images have draws of their own")
  func free() throws {
    let (classifier, batch) = try batch()
    let model = ThreatModel(norm: .l2, epsilon: 1)
    let counting = CountingClassifier(classifier)
    let one = try NoisePerturbation(kind: .gaussian, seed: 1)
      .perturbedImages(for: batch, under: model, classifier: counting).images
    #expect(counting.cost == ClassifierCost(forwards: 0, backwards: 0))
    #expect(NoisePerturbation(kind: .gaussian, seed: 2).images(for: batch, under: model) != one)
  }
}
