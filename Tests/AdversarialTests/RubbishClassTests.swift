import Foundation
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct RubbishClassTests {
  private static let shape = ImageShape(channels: 2, height: 3, width: 5)

  @Test("Accepted images are counted by class, with the mean of their probabilities")
  func counts() {
    // Sigmoid: above one half where the logit is positive; a tie and a logit of 0 are below.
    let logits = Tensor(shape: [5, 3], elements: [2, -1, 1, -1, -2, -3, 0, 0, -9, -5, 3, 3, -1, -1, 0.5])
    let rubbish = RubbishClass(of: logits, by: .sigmoid)
    func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }
    #expect(rubbish.accepted == Proportion(3, of: 5) && rubbish.acceptedByClass == [1, 1, 1])
    expectClose(
      rubbish.meanConfidence ?? .nan, (sigmoid(2) + sigmoid(3) + sigmoid(0.5)) / 3, relative: 1e-14)
    expectClose(
      rubbish.meanOverAll ?? .nan, (sigmoid(2) + sigmoid(-1) + 0.5 + sigmoid(3) + sigmoid(0.5)) / 5,
      relative: 1e-14)
    #expect(RubbishClass(of: logits, by: .sigmoid, threshold: 0.95).acceptedByClass == [0, 1, 0])
  }

  @Test(
    "A classifier may be sure of everything, of nothing, or be asked nothing", arguments: ScoreKind.allCases)
  func planted(_ scores: ScoreKind) {
    let sure = Tensor(shape: [4, 3], elements: (0..<12).map { $0 % 3 == 2 ? 0 : -10_000 })
    let everything = RubbishClass(of: sure, by: scores, threshold: 0.49)
    #expect(everything.accepted == Proportion(4, of: 4) && everything.acceptedByClass == [0, 0, 4])
    #expect(everything.meanConfidence == (scores == .sigmoid ? 0.5 : 1))
    // Three classes alike: a third each of the softmax, nothing of the others.
    let nothing = RubbishClass(of: Tensor(repeating: -10_000, shape: [4, 3]), by: scores)
    #expect(nothing.accepted == Proportion(0, of: 4) && nothing.meanConfidence == nil)
    let none = RubbishClass(of: Tensor(shape: [0, 3]), by: scores)
    #expect(
      none.accepted == Proportion(0, of: 0) && none.meanOverAll == nil && none.acceptedByClass == [0, 0, 0])
  }

  @Test("A probability equal to the threshold is not above it")
  func threshold() {
    let half = Tensor(shape: [1, 2], elements: [0, 0])
    for scores in [ScoreKind.softmax, .sigmoid] {
      #expect(RubbishClass(of: half, by: scores, threshold: 0.5).accepted.count == 0)
      #expect(RubbishClass(of: half, by: scores, threshold: 0.499).acceptedByClass == [1, 0])
    }
  }

  @Test("An image of noise depends on seed and number alone, not on the others or on the workers")
  func independence() {
    let all = RubbishClass.noise(count: 20, shape: Self.shape, seed: 3)
    #expect(all.shape == [20, 2, 3, 5])
    for workerCount in [1, 2, 5] {
      let part = RubbishClass.noise(7..<12, shape: Self.shape, seed: 3, workerCount: workerCount)
      #expect(part == all.rows(7..<12))
    }
    #expect(RubbishClass.noise(count: 20, shape: Self.shape, seed: 4) != all)
    #expect(Set((0..<20).map { Array(all[row: $0]) }).count == 20)
    #expect(RubbishClass.noise(count: 0, shape: Self.shape, seed: 3).count == 0)
  }

  @Test("Noise is standard normal")
  func moments() {
    let values = RubbishClass.noise(count: 2000, shape: Self.shape, seed: 1).elements.map(Double.init)
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + $1 * $1 } / n
    // Of 60,000 draws: deviations 1/√n of the mean, √(2/n) of the variance; four of each.
    #expect(abs(mean) < 4 / n.squareRoot() && abs(variance - 1) < 4 * (2 / n).squareRoot())
    let outside = values.count { !(0...1).contains($0) }
    // P(0 ≤ N ≤ 1) = 0.3413
    #expect(abs(Double(outside) / n - 0.6587) < 0.01)
  }
}
