import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Adversarial

@Suite struct NoiseAverageTests {
  private static let shape = ImageShape(channels: 1, height: 3, width: 4)
  private static let linear = LinearClassifier(inputShape: shape, classCount: 3, seed: 4)
  private static let images: Tensor = {
    var generator = SeededGenerator(seed: 8)
    return Tensor(shape: [4, 1, 3, 4], elements: (0..<48).map { _ in Float(generator.uniform()) })
  }()

  private static func softmax(_ logits: ArraySlice<Float>) -> [Double] {
    let exponentials = logits.map { exp(Double($0) - Double(logits.max()!)) }
    return exponentials.map { $0 / exponentials.reduce(0, +) }
  }

  /// log (1/m) Σ_j softmax(f(x + δ_j))_c in Double, from the draws themselves.
  private static func mean(_ pixels: [Double], deviation: Double, drawCount: Int) throws -> [Double] {
    let noise = GaussianNoise(deviation: deviation, seed: 2, purpose: "noise average")
    var total = [Double](repeating: 0, count: 3)
    for draw in 0..<drawCount {
      let offset = noise.draw(draw, subject: 0, pixelCount: 12)
      let moved = zip(pixels, offset).map { $0.0 + Double($0.1) }
      let logits = (0..<3).map { label -> Double in
        let weights = linear.weights[row: label]
        return zip(moved, weights).reduce(Double(linear.biases[label])) { $0 + $1.0 * Double($1.1) }
      }
      let largest = logits.max()!
      let exponentials = logits.map { exp($0 - largest) }
      for label in 0..<3 { total[label] += exponentials[label] / exponentials.reduce(0, +) }
    }
    return total.map { log($0 / Double(drawCount)) }
  }

  @Test("Its probabilities are the mean over noisy copies, and its gradient that of their mean")
  func gradient() throws {
    let average = NoiseAverage(Self.linear, deviation: 0.4, drawCount: 7, seed: 2)
    let logits = try average.logits(of: Self.images)
    let weights: [Float] = [0.3, -1.1, 0.8]
    let (again, gradients) = try average.logitsAndImageGradients(of: Self.images) { _, _, gradient in
      for label in 0..<3 { gradient[label] = weights[label] }
    }
    expectClose(again, logits)
    for row in 0..<4 {
      let pixels = Self.images[row: row].map(Double.init)
      for (found, expected) in zip(logits[row: row], try Self.mean(pixels, deviation: 0.4, drawCount: 7)) {
        expectClose(Double(found), expected, absolute: 1e-5)
      }
      let slopes = try centralDifferences(
        of: { point in
          zip(try Self.mean(point, deviation: 0.4, drawCount: 7), weights).reduce(0) {
            $0 + $1.0 * Double($1.1)
          }
        }, at: pixels)
      for (found, expected) in zip(gradients[row: row], slopes) {
        expectClose(Double(found), expected, absolute: 2e-5)
      }
    }
  }

  @Test("Without noise it is the classifier")
  func silence() throws {
    let average = NoiseAverage(Self.linear, deviation: 0, drawCount: 3, seed: 2)
    let own = try Self.linear.logits(of: Self.images)
    let averaged = try average.logits(of: Self.images)
    for row in 0..<4 {
      for (found, expected) in zip(Self.softmax(averaged[row: row]), Self.softmax(own[row: row])) {
        expectClose(found, expected, absolute: 1e-6)
      }
    }
  }

  @Test("The row of an image does not depend on the other images")
  func independence() throws {
    let average = NoiseAverage(Self.linear, deviation: 0.4, drawCount: 5, seed: 2)
    let all = try average.logits(of: Self.images)
    expectClose(try average.logits(of: Self.images.rows([2, 0])), all.rows([2, 0]))
  }

  @Test("PGD on it turns the vote just outside the true radius of a linear classifier, and not inside")
  func attack() throws {
    let linear = LinearClassifier(inputShape: Self.shape, classCount: 2, seed: 5)
    let deviation = 0.25
    // Near grey, so that the box is out of the way.
    let images = Tensor(shape: [4, 1, 3, 4], elements: Self.images.elements.map { 0.5 + 0.1 * ($0 - 0.5) })
    let labels = Prediction.rows(of: try linear.logits(of: images)).map(\.label)
    let smoothed = SmoothedClassifier(linear, deviation: deviation, seed: 1)
    let average = NoiseAverage(linear, deviation: deviation, drawCount: 16, seed: 1)
    let difference = (0..<12).map {
      Double(linear.weights.elements[12 + $0]) - Double(linear.weights.elements[$0])
    }
    let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for row in 0..<4 {
      let margin = zip(difference, images[row: row]).reduce(
        Double(linear.biases[1]) - Double(linear.biases[0])
      ) {
        $0 + $1.0 * Double($1.1)
      }
      let distance = abs(margin) / length
      let batch = AttackBatch(images: images.rows([row]), labels: [labels[row]], imageIDs: [row])
      // A tenth of σ beyond the border the vote is Φ(0.1) = 54 %, seen by 20,000 draws.
      for (radius, turns) in [
        (distance + 0.1 * deviation, true), (max(distance - 0.1 * deviation, 0), false),
      ] {
        let proposal = try ProjectedGradientDescent(stepCount: 20, start: .image).perturbedImages(
          for: batch, under: ThreatModel(norm: .l2, epsilon: Float(radius)), classifier: average)
        let answer = try smoothed.predictions(
          of: proposal.images, imageIDs: [row], count: 20_000, alpha: 0.001)[0].label
        #expect(answer == (turns ? 1 - labels[row] : labels[row]), "image \(row), \(distance)")
      }
    }
  }
}
