import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct AutoPGDTests {
  @Test("The checkpoints of a hundred steps are the paper's")
  func checkpoints() {
    #expect(AutoPGD.checkpoints(stepCount: 100) == [22, 41, 57, 70, 80, 87, 93, 99])
    #expect(AutoPGD.checkpoints(stepCount: 10) == [3, 5, 6, 7, 8, 9, 10, 10])
  }

  @Test(
    "On a linear classifier of two classes it succeeds exactly where an adversarial image lies within ε",
    arguments: [Norm.linf, .l2], [AttackLoss.crossEntropy, .margin])
  func exact(norm: Norm, loss: AttackLoss) throws {
    let shape = ImageShape(channels: 1, height: 5, width: 5)
    let classifier = LinearClassifier(inputShape: shape, classCount: 2, seed: 3)
    let batch = try AttackBatch.correct(count: 80, for: classifier, seed: 4)
    let exact = LinearModelDistance(weights: classifier.weights, biases: classifier.biases)
    let distances = (0..<80).map {
      exact.distance(from: batch.images[row: $0], label: batch.labels[$0], norm: norm, bounds: 0...1)
    }
    let epsilon = Float(try #require(Statistics.median(distances)))
    let evaluation = try Evaluation(
      of: AutoPGD(objective: .loss(loss)), on: batch, under: ThreatModel(norm: norm, epsilon: epsilon),
      classifier: classifier)
    for (row, image) in evaluation.images.enumerated() where abs(distances[row] / Double(epsilon) - 1) > 0.01
    {
      #expect((image.verdict == .succeeded) == (distances[row] < Double(epsilon)), "image \(row)")
    }
  }

  @Test(
    "It finds nearly all that a grid over the ball of two pixels finds", arguments: [Norm.linf, .l2],
    [
      AutoPGD.Objective.loss(.crossEntropy), .loss(.differenceOfLogitsRatio), .likelyTargets(count: 9),
    ])
  func bruteForce(norm: Norm, objective: AutoPGD.Objective) throws {
    let engine = try Engine.plane(seed: 5, classCount: 4)
    let batch = try AttackBatch.correct(count: 60, for: engine, seed: 6)
    let model = ThreatModel(norm: norm, epsilon: 0.15)
    let attack = AutoPGD(objective: objective, stepCount: 50, restartCount: 5)
    let evaluation = try Evaluation(of: attack, on: batch, under: model, classifier: engine)
    let side = 201
    let grid = Tensor(
      shape: [side * side, 1, 1, 2],
      elements: (0..<side * side).flatMap { [Float($0 / side) / 200, Float($0 % side) / 200] })
    let labels = Prediction.rows(of: try engine.logits(of: grid)).map(\.label)
    let foolable = (0..<60).filter { row in
      labels.indices.contains { point in
        labels[point] != batch.labels[row]
          && model.length(zip(grid[row: point], batch.images[row: row]).map { Double($0) - Double($1) })
            <= 0.15
      }
    }
    let missed = foolable.filter { evaluation.images[$0].verdict != .succeeded }
    #expect(foolable.count > 10 && foolable.count < 58)
    #expect(missed.isEmpty, "\(missed)")
  }

  @Test("Steps that are halved reach higher than steps that stay as long, for nearly every image")
  func strength() throws {
    let engine = try Engine.convolutional(seed: 8)
    let batch = try AttackBatch.correct(count: 60, for: engine, seed: 9)
    let model = ThreatModel(norm: .l2, epsilon: 0.2)
    func margins(_ attack: some Attack) throws -> [Double] {
      let images = try attack.perturbedImages(for: batch, under: model, classifier: engine).images
      let logits = try engine.logits(of: images)
      return (0..<60).map { model.margin(of: logits[row: $0].span, ofRow: $0, label: batch.labels[$0]) }
    }
    let auto = try margins(AutoPGD(objective: .loss(.margin), stepCount: 60))
    let plain = try margins(
      ProjectedGradientDescent(stepCount: 60, relativeStepSize: 2, start: .random(restartCount: 1, seed: 0)))
    // With steps of 2 ε plain descent jumps from side to side of the ball; halving them settles.
    #expect(zip(auto, plain).count { $0 >= $1 - 1e-6 } >= 50)
    #expect(auto.reduce(0, +) > plain.reduce(0, +))
  }

  @Test("More restarts never lose a success", arguments: [Norm.linf, .l2])
  func restarts(norm: Norm) throws {
    let engine = try Engine.convolutional(seed: 8)
    let batch = try AttackBatch.correct(count: 60, for: engine, seed: 9)
    let model = ThreatModel(norm: norm, epsilon: norm == .linf ? 0.02 : 0.08)
    let fooled = try [1, 2, 4].map { restartCount in
      let attack = AutoPGD(stepCount: 5, restartCount: restartCount)
      let images = try Evaluation(of: attack, on: batch, under: model, classifier: engine).images
      return Set(images.filter { $0.verdict == .succeeded }.map(\.imageID))
    }
    #expect(fooled[1].isSuperset(of: fooled[0]) && fooled[2].isSuperset(of: fooled[1]))
    #expect((1..<60).contains(fooled[2].count))
  }

  @Test("Aimed at a class it reaches that class")
  func targeted() throws {
    let engine = try Engine.convolutional(seed: 8)
    let batch = try AttackBatch.correct(count: 40, for: engine, seed: 9)
    let targets = TargetChoice.next.targets(labels: batch.labels, imageIDs: batch.imageIDs, classCount: 5)
    let model = ThreatModel(norm: .linf, epsilon: 0.3, goal: .targeted(targets))
    for loss in AttackLoss.allCases {
      let summary = try Evaluation(
        of: AutoPGD(objective: .loss(loss), stepCount: 30), on: batch, under: model, classifier: engine
      ).summary
      #expect(summary.success.count > 30, "\(loss)")
    }
  }
}
