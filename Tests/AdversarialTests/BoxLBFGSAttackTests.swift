import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct BoxLBFGSAttackTests {
  let shape = ImageShape(channels: 1, height: 4, width: 5)

  private func search(
    _ batch: AttackBatch, target: Int, settings: BoxLBFGSAttack
  ) -> PenaltySearch {
    let length = batch.images.rowLength
    return PenaltySearch(
      SearchedImage(clean: Array(batch.images[row: 0]), label: batch.labels[0], target: target, bounds: 0...1),
      box: (Array(repeating: 0, count: length), Array(repeating: 1, count: length)), settings: settings)
  }

  /// One question of the search, answered.
  private func answer(_ search: PenaltySearch, by classifier: LinearClassifier) throws -> Double {
    nonisolated(unsafe) let asked = search
    let image = Tensor(shape: [1, 1, 4, 5], elements: search.point)
    let (logits, gradients) = try classifier.logitsAndImageGradients(of: image) { _, logits, gradient in
      asked.writeLogitGradient(of: logits, to: &gradient)
    }
    let target = try #require(Self.target)
    let loss = CrossEntropy.loss(logits: logits[row: 0].span, label: target)
    search.absorb(logits: logits[row: 0].span, gradient: gradients[row: 0].span)
    return loss
  }

  private static let target: Int? = 2

  private func firstImage(_ classifier: LinearClassifier) throws -> AttackBatch {
    let batch = try AttackBatch.saturated(count: 20, for: classifier, seed: 2)
    let row = try #require(batch.labels.firstIndex { $0 != Self.target })
    return batch.selecting([row])
  }

  @Test("The gradient given to the optimizer is that of ‖r‖² + c L, by central differences", arguments: [0.3, 20.0])
  func objective(constant: Double) throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 1)
    let batch = try firstImage(classifier)
    let target = try #require(Self.target)
    let search = search(batch, target: target, settings: BoxLBFGSAttack(initialConstant: constant))
    _ = try answer(search, by: classifier)  // the clean image: a minimisation begins
    #expect(search.optimizer.point != search.optimizer.point.map { _ in 0 })

    let (point, clean) = (search.optimizer.point, batch.images[row: 0].map(Double.init))
    func loss(_ x: [Double]) -> Double {
      let logits = (0..<4).map { label in
        zip(x, classifier.weights[row: label]).reduce(Double(classifier.biases[label])) { $0 + $1.0 * Double($1.1) }
      }
      return log(logits.reduce(0) { $0 + exp($1 - logits[target]) })
    }
    func value(_ x: [Double]) -> Double {
      zip(x, clean).reduce(constant * loss(x)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let slopes = centralDifferences(of: loss, at: point).map { Float($0) }
    let found = search.objective(loss: loss(point), gradient: slopes.span)
    expectClose(found, value(point), relative: 1e-12)
    for (found, expected) in zip(search.optimizer.gradient, centralDifferences(of: value, at: point)) {
      expectClose(found, expected, absolute: 1e-6 * max(1, constant))
    }
    // What the classifier supplies is the gradient of that loss.
    let (_, gradients) = try classifier.logitsAndImageGradients(
      of: Tensor(shape: [1, 1, 4, 5], elements: point.map { Float($0) })
    ) { _, logits, gradient in CrossEntropy.writeGradient(logits: logits, label: target, to: &gradient) }
    for (found, expected) in zip(gradients.elements, slopes) {
      expectClose(Double(found), Double(expected), absolute: 1e-5)
    }
  }

  @Test("The minimiser comes nearer as c falls, for as long as it is adversarial")
  func distanceFallsWithConstant() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 4, seed: 1)
    let batch = try firstImage(classifier)
    let target = try #require(Self.target)
    var distances: [Double] = []
    for power in 0..<14 {
      let settings = BoxLBFGSAttack(
        initialConstant: 100 / pow(2, Double(power)), growthLimit: 0, bisectionCount: 0, iterationLimit: 300,
        evaluationLimit: 2000, gradientTolerance: 1e-9)
      let search = search(batch, target: target, settings: settings)
      while !search.isFinished { _ = try answer(search, by: classifier) }
      let end = search.optimizer.point
      let logits = try classifier.logits(
        of: Tensor(shape: [1, 1, 4, 5], elements: end.map { Float($0) }))
      guard Prediction.rows(of: logits)[0].label == target else { break }
      distances.append(Norm.l2.length(of: zip(end, batch.images[row: 0]).map { $0 - Double($1) }))
    }
    #expect(distances.count >= 4 && distances.count < 14)
    // The minimiser is known to about the root of the rounding of f.
    for (larger, smaller) in zip(distances, distances.dropFirst()) { #expect(smaller <= larger + 1e-4) }
  }

  @Test("Away from the bounds the perturbation is parallel to the difference of the classes' weights")
  func direction() throws {
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 3)
    let batch = try AttackBatch.correct(count: 10, for: classifier, in: 0.45...0.55, seed: 4)
    let images = try BoxLBFGSAttack().perturbedImages(
      for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity), classifier: classifier
    ).images
    for row in 0..<10 {
      let (own, other) = (classifier.weights[row: batch.labels[row]], classifier.weights[row: 1 - batch.labels[row]])
      let normal = zip(other, own).map { Double($0) - Double($1) }
      let found = zip(images[row: row], batch.images[row: row]).map { Double($0) - Double($1) }
      let product = zip(normal, found).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(product / Norm.l2.length(of: normal) / Norm.l2.length(of: found) > 0.9999)
    }
  }

  @Test("More bisections, and a c that may grow further, never end further away")
  func more() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 20)
    let model = ThreatModel(
      norm: .l2, epsilon: .infinity,
      goal: .targeted(TargetChoice.next.targets(
        labels: batch.labels, imageIDs: batch.imageIDs, classCount: engine.classCount)))
    let example = MinimalAttackCase(attack: BoxLBFGSAttack(), norm: .l2)
    var earlier = [Double](repeating: .infinity, count: 20)
    var counts: [Int] = []
    for (growths, bisections) in [(1, 0), (10, 0), (10, 3), (10, 10)] {
      let attack = BoxLBFGSAttack(growthLimit: growths, bisectionCount: bisections)
      let images = try attack.perturbedImages(for: batch, under: model, classifier: engine).images
      let distances = example.distances(images, from: batch).map { $0 == 0 ? .infinity : $0 }
      for (found, before) in zip(distances, earlier) { #expect(found <= before) }
      counts.append(distances.count { $0.isFinite })
      earlier = distances
    }
    #expect(counts[0] < counts[1] && counts.last == 20)
  }

  @Test("Untargeted is the nearest of the targeted results, one for each other class")
  func untargeted() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 10)
    let example = MinimalAttackCase(attack: BoxLBFGSAttack(), norm: .l2)
    let any = example.distances(try example.proposal(for: batch, classifier: engine).images, from: batch)
    var nearest = [Double](repeating: .infinity, count: 10)
    for target in 0..<engine.classCount {
      let aims = ThreatModel.Goal.targeted(Array(repeating: target, count: 10))
      let images = try example.proposal(for: batch, aims, classifier: engine).images
      for (row, distance) in example.distances(images, from: batch).enumerated() where distance > 0 {
        nearest[row] = min(nearest[row], distance)
      }
    }
    #expect(any == nearest)
  }

  @Test("Its median is within 5 % of what DDN and Carlini and Wagner find on a trained network")
  func peers() throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 40)
    let aims = ThreatModel.Goal.targeted(
      TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: engine.classCount))
    func medianDistance(_ attack: any Attack) throws -> Double {
      let example = MinimalAttackCase(attack: attack, norm: .l2)
      let distances = example.distances(
        try example.proposal(for: batch, aims, classifier: engine).images, from: batch)
      #expect(distances.allSatisfy { $0 > 0 }, "\(attack.name)")
      return median(distances)
    }
    let found = try medianDistance(BoxLBFGSAttack())
    let peers = try [
      medianDistance(DecoupledDirectionNorm(stepCount: 300)),
      medianDistance(CarliniWagnerL2(iterationCount: 400, learningRate: 0.05)),
    ]
    for peer in peers { #expect(found < 1.05 * peer, "\(found), peers \(peers)") }
  }

  @Test("An image whose class cannot be left comes back after the last c")
  func notFound() throws {
    // Class 1 would need a pixel outside the box.
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 1, width: 2), weights: Tensor(shape: [2, 2], elements: [0, 0, 1, 1]),
      biases: [3, 0])
    let batch = try AttackBatch.correct(count: 3, for: classifier, seed: 1)
    let result = try BoxLBFGSAttack().perturbedImages(
      for: batch, under: ThreatModel(norm: .l2, epsilon: .infinity), classifier: classifier)
    #expect(result.images == batch.images && result.zeroGradientRows.isEmpty)
  }
}
