import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct CarliniWagnerL2Tests {
  private func attack(confidence: Double = 0, searchSteps: Int = 7) -> CarliniWagnerL2 {
    CarliniWagnerL2(
      confidence: confidence, initialConstant: 0.01, searchStepCount: searchSteps, iterationCount: 200,
      learningRate: 0.05)
  }

  @Test("Margins are at least κ, and a larger κ is further away")
  func confidence() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 15)
    var earlier = [Double](repeating: 0, count: 15)
    for confidence in [0.0, 1, 4] {
      let example = MinimalAttackCase(attack: attack(confidence: confidence), norm: .l2)
      let images = try example.proposal(for: batch, classifier: engine).images
      let logits = try engine.logits(of: images)
      let distances = example.distances(images, from: batch)
      for row in 0..<15 {
        #expect(distances[row] > 0)
        #expect(-Margin.lead(of: batch.labels[row], in: logits[row: row].span).value >= confidence)
        // A search by gradient ends a little above the smallest distance.
        #expect(distances[row] >= 0.98 * earlier[row])
      }
      earlier = distances
    }
  }

  @Test("More values of c never end further away")
  func searchSteps() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 10)
    var earlier = [Double](repeating: .infinity, count: 10)
    for steps in [1, 3, 7] {
      let example = MinimalAttackCase(attack: attack(searchSteps: steps), norm: .l2)
      let images = try example.proposal(for: batch, classifier: engine).images
      let distances = example.distances(images, from: batch).map { $0 == 0 ? .infinity : $0 }
      for (found, before) in zip(distances, earlier) { #expect(found <= before) }
      earlier = distances
    }
    #expect(earlier.allSatisfy { $0.isFinite })
  }

  @Test("Images of nothing but black and white are attacked like any other")
  func saturated() throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 5), classCount: 3, seed: 4)
    let plain = try AttackBatch.correct(count: 20, for: classifier, seed: 5)
    let images = Tensor(shape: plain.images.shape, elements: plain.images.elements.map { $0 < 0.5 ? 0 : 1 })
    let labels = (0..<20).map { row in
      (try? classifier.logits(of: images.rows([row]))).map { $0.elements.firstIndex(of: $0.elements.max()!)! }
        ?? 0
    }
    let batch = AttackBatch(images: images, labels: labels, imageIDs: plain.imageIDs)
    let attack = CarliniWagnerL2(
      initialConstant: 0.01, searchStepCount: 9, iterationCount: 500, learningRate: 0.05)
    let example = MinimalAttackCase(attack: attack, norm: .l2)
    let found = try example.proposal(for: batch, classifier: classifier).images
    let ratios = example.distances(found, from: batch).enumerated().map { row, distance in
      distance
        / AffineOracle(classifier: classifier).distance(of: images[row: row], label: labels[row], in: .l2)
    }
    // tanh is flat where all of these pixels begin, so a few hundred steps of Adam may leave one too far out.
    #expect(ratios.allSatisfy { 0.999 < $0 && $0 < 1.3 }, "\(ratios)")
    #expect(median(ratios) < 1.05)
  }

  @Test("Few iterations are few and no error", arguments: [0, 1, 5])
  func few(iterations: Int) throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 2, width: 2), classCount: 3, seed: 4)
    let batch = try AttackBatch.correct(count: 5, for: classifier, seed: 5)
    let images = try CarliniWagnerL2(iterationCount: iterations).perturbedImages(
      for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity), classifier: classifier
    ).images
    if iterations == 0 { #expect(images == batch.images) }
  }
}
