import Foundation
import Tensors
import TestSupport
import Testing

@testable import Adversarial

@Suite struct BallSamplingTests {
  @Test(
    "Of points uniform in a ball, ‖r‖ to the power of the dimension is uniform in (0, 1)",
    arguments: Norm.withBalls)
  func radius(norm: Norm) {
    var generator = SeededGenerator(seed: 8)
    let (dimension, count) = (10, 4000)
    let powers = (0..<count).map { _ in
      let point = norm.uniformPoint(inBallOf: dimension, using: &generator)
      return pow(norm(point.map(Float.init)), Double(dimension))
    }
    #expect(powers.allSatisfy { $0 <= 1 + 1e-6 })
    // Mean 1/2, variance 1/12, that of the square 1/3 and 4/45: five standard deviations.
    let root = Double(count).squareRoot()
    expectClose(powers.reduce(0, +) / Double(count), 0.5, absolute: 5 * 0.2887 / root)
    expectClose(powers.reduce(0) { $0 + $1 * $1 } / Double(count), 1.0 / 3, absolute: 5 * 0.2981 / root)
  }

  @Test("Coordinates are symmetric and alike", arguments: Norm.withBalls)
  func symmetry(norm: Norm) {
    var generator = SeededGenerator(seed: 9)
    let points = (0..<4000).map { _ in norm.uniformPoint(inBallOf: 3, using: &generator) }
    for axis in 0..<3 {
      let positive = points.count { $0[axis] > 0 }
      #expect(abs(positive - 2000) < 160)  // standard deviation 32
    }
  }

  @Test("Starts lie in ball and box, and depend on seed, image and restart alone", arguments: Norm.withBalls)
  func starts(norm: Norm) throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 1, height: 5, width: 5), classCount: 2, seed: 1)
    let batch = try AttackBatch.correct(count: 12, for: classifier, seed: 2)
    let model = ThreatModel(norm: norm, epsilon: 0.4)
    let starts = model.randomStarts(for: batch, seed: 5, restart: 1)
    for row in 0..<12 {
      #expect(starts[row: row].allSatisfy { (0...1).contains($0) })
      let length = norm(zip(starts[row: row], batch.images[row: row]).map { $0 - $1 })
      #expect(length > 0.1 && length <= 0.4 + model.tolerance(pixelCount: 25))
    }
    #expect(model.randomStarts(for: batch.selecting([7]), seed: 5, restart: 1) == starts.rows([7]))
    #expect(model.randomStarts(for: batch, seed: 5, restart: 0) != starts)
    #expect(model.randomStarts(for: batch, seed: 6, restart: 1) != starts)
  }
}
