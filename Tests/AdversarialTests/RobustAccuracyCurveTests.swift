import Foundation
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct RobustAccuracyCurveTests {
  @Test("The curve begins at the clean accuracy and falls at every distance by the images lost there")
  func byHand() {
    let curve = RobustAccuracyCurve(
      minimalDistances: [
        .made(moved: 0.5), .made(moved: nil), .made(moved: 0, alreadyWrong: true), .made(moved: 0.25),
        .made(moved: 0.5),
      ], norm: .l2)
    #expect(
      curve.points == [
        .init(epsilon: 0, accuracy: Proportion(4, of: 5)),
        .init(epsilon: 0.25, accuracy: Proportion(3, of: 5)),
        .init(epsilon: 0.5, accuracy: Proportion(1, of: 5)),
      ])
    #expect(curve.accuracy(at: 0.249) == Proportion(4, of: 5))
    #expect(curve.accuracy(at: 0.25) == Proportion(3, of: 5))
    #expect(curve.accuracy(at: 10) == Proportion(1, of: 5))
  }

  @Test("The area up to d is the mean of the smaller of distance and d")
  func area() throws {
    var generator = SeededGenerator(seed: 1)
    let distances = (0..<50).map { $0 % 7 == 0 ? 0 : $0 % 9 == 0 ? Double.infinity : 3 * generator.uniform() }
    let curve = RobustAccuracyCurve(distances: distances, norm: .l2)
    for end in [0, 0.7, 2, 5] {
      let mean = distances.reduce(0) { $0 + min($1, end) } / 50
      expectClose(try #require(curve.area(upTo: end)), mean, absolute: 1e-12)
    }
    #expect(RobustAccuracyCurve(distances: [], norm: .l2).area(upTo: 1) == nil)
  }

  @Test("From several budgets an image lost at a small one is lost at every larger one")
  func budgets() {
    let curve = RobustAccuracyCurve(
      budgets: [
        (0.2, [.made(1, moved: nil), .made(2, moved: 0.2), .made(3, moved: nil)]),
        (0.1, [.made(1, moved: 0.1), .made(2, moved: nil), .made(3, moved: nil)]),
        (0.3, [.made(1, moved: nil), .made(2, moved: nil), .made(3, moved: nil)]),
      ], norm: .linf)
    #expect(curve.points.map(\.epsilon) == [0, 0.1, 0.2, 0.3])
    #expect(curve.points.map(\.accuracy.count) == [3, 2, 1, 1])
  }

  @Test("It is the same after a journey through JSON")
  func codable() throws {
    let curve = RobustAccuracyCurve(distances: [0, 0.1, .infinity], norm: .l1)
    let read = try JSONDecoder().decode(RobustAccuracyCurve.self, from: JSONEncoder().encode(curve))
    #expect(read == curve)
  }

  @Test("On a linear classifier it is the curve of the exact distances")
  func linear() throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 4, width: 4), classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 30, for: classifier, in: 0.3...0.7, seed: 2)
    let exact = LinearModelDistance(weights: classifier.weights, biases: classifier.biases)
    let distances = (0..<30).map {
      exact.distance(from: batch.images[row: $0], label: batch.labels[$0], norm: .linf, bounds: 0...1)
    }
    let epsilons: [Float] = [0.003, 0.01, 0.02, 0.04]
    let curve = RobustAccuracyCurve(
      budgets: try epsilons.map { epsilon in
        let images = try Evaluation(
          of: FastGradientSignMethod(), on: batch, under: ThreatModel(norm: .linf, epsilon: epsilon),
          classifier: classifier
        ).images
        return (Double(epsilon), images)
      }, norm: .linf)
    let expected = RobustAccuracyCurve(distances: distances, norm: .linf)
    for epsilon in epsilons {
      #expect(curve.accuracy(at: Double(epsilon)) == expected.accuracy(at: Double(epsilon)))
    }
    #expect((1..<30).contains(curve.accuracy(at: Double(epsilons[1])).count))
  }
}
