import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct DistanceCrossEntropyTests {
  private func written(_ logits: [Float], label: Int, scale: Double = 1) -> [Double] {
    var gradient = [Float](repeating: .nan, count: logits.count)
    var span = gradient.mutableSpan
    DistanceCrossEntropy.writeGradient(logits: logits.span, label: label, scale: scale, to: &span)
    return gradient.map(Double.init)
  }

  @Test(
    "Loss and gradient agree with the equation and its central differences",
    arguments: 0..<20 as Range<UInt64>)
  func finiteDifferences(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let logits = generator.normals(10).map { -0.05 - 3 * $0 * $0 }
    let label = Int(seed % 10)
    func loss(_ z: [Double]) -> Double {
      z.indices.reduce(0) { $0 - ($1 == label ? z[$1] : log(1 - exp(z[$1]))) }
    }
    let expected = centralDifferences(of: loss, at: logits.map(Double.init))
    for (found, expected) in zip(written(logits, label: label), expected) {
      expectClose(found, expected, absolute: 1e-7, relative: 1e-5)
    }
    expectClose(
      DistanceCrossEntropy.loss(logits: logits.span, label: label), loss(logits.map(Double.init)),
      relative: 1e-9)
    for (found, whole) in zip(written(logits, label: label, scale: 0.25), written(logits, label: label)) {
      expectClose(found, 0.25 * whole, relative: 1e-6)
    }
  }

  @Test("At a centre of another class and far from all it stays finite, and exact where it can be")
  func extremes() {
    func loss(_ logits: [Float], _ label: Int) -> Double {
      DistanceCrossEntropy.loss(logits: logits.span, label: label)
    }
    #expect(loss([-1e4, -1e4], 0) == 1e4)
    #expect(written([-1e4, -1e4], label: 0) == [-1, 0])
    expectClose(loss([0, -1], 1), 1 - log(1e-6), relative: 1e-6)
    expectClose(written([0, -1], label: 1)[0], 1e6, relative: 1e-5)
    // A class that is far adds exp(z).
    expectClose(loss([0, -60], 0), exp(-60), relative: 1e-12)
  }

  @Test("A network that ends in distances learns by it, any other is refused")
  func training() throws {
    let images = SyntheticImages.make(count: 120)
    func trained(_ name: Architecture.Named) throws -> TrainingState {
      let graph = try Graph(.named(name, input: images.shape, classCount: images.classNames.count))
      var training = name.recommendedTraining(seed: 1)
      training.loss = .exponential
      training.epochCount = 30
      training.batchSize = 16
      training.microBatch = 16
      training.learningRate.initial = 0.02
      return try Trainer(training, training: images, validation: nil, workerCount: 2).train(
        from: TrainingState(starting: Network(initializing: graph, seed: 1)))
    }
    let history = try trained(.rbf).history
    let (first, last) = (try #require(history.first), try #require(history.last))
    #expect(last.trainingLoss < 0.5 * first.trainingLoss && last.trainingAccuracy > 0.9)
    #expect(throws: NetworkError.lossNeedsDistances) { try trained(.softmax) }
  }
}
