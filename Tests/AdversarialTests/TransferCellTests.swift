import Tensors
import TestSupport
import Testing

@testable import Adversarial

@Suite struct TransferCellTests {
  @Test("Counts and denominators are those worked out by hand")
  func byHand() throws {
    let cell = TransferCell(
      labels: [0, 0, 0, 1, 1, 2], aims: [1, 1, 1, 1, 2, 1],
      source: (clean: [0, 0, 0, 1, 1, 0], perturbed: [1, 2, 0, 1, 2, 1]),
      target: (clean: [0, 0, 0, 1, 2, 2], perturbed: [1, 1, 1, 1, 2, 1]))
    // Both are right about images 0 to 3.
    #expect(cell.errorOnBothCorrect == Proportion(3, of: 4))
    #expect(cell.errorOnAll == Proportion(5, of: 6) && cell.cleanError == Proportion(1, of: 6))
    expectClose(try #require(cell.excessError), 4.0 / 6, relative: 1e-12)
    // Image 3 is of the class aimed at.
    #expect(cell.targetedHit == Proportion(3, of: 3))
    // Both are wrong about images 0 and 1, and say 1, 2 and 1, 1 of them.
    #expect(cell.agreement == Proportion(1, of: 2))
    expectClose(try #require(cell.agreementByChance), 0.5, relative: 1e-12)
  }

  @Test("Agreement by chance is the mean over all ways to deal out the wrong answers again within a label")
  func chance() throws {
    var generator = SeededGenerator(seed: 4)
    let labels = (0..<12).map { $0 / 6 }
    func wrong() -> [Int] { labels.map { ($0 + 1 + Int(generator.next(upperBound: 3 as UInt64))) % 4 } }
    let (source, target) = (wrong(), wrong())
    let cell = TransferCell(
      labels: labels, aims: labels.map { _ in nil }, source: (labels, source), target: (labels, target))
    var matches = 0
    let rounds = 20_000
    for _ in 0..<rounds {
      for half in [0, 6] {
        let order = generator.permutation(6)
        for place in 0..<6 where source[half + place] == target[half + order[place]] { matches += 1 }
      }
    }
    // Standard deviation of one round about 0.13, of the mean 0.001.
    expectClose(try #require(cell.agreementByChance), Double(matches) / Double(12 * rounds), absolute: 0.006)
    #expect(cell.targetedHit == Proportion(0, of: 0))
  }

  @Test("Without images, or without errors, there are no rates")
  func nothing() {
    let none = TransferCell(labels: [], aims: [], source: ([], []), target: ([], []))
    #expect(none.excessError == nil && none.agreementByChance == nil && none.errorOnAll.value == nil)
    let right = TransferCell(
      labels: [0, 1], aims: [nil, nil], source: ([0, 1], [1, 0]), target: ([0, 1], [0, 1]))
    #expect(right.agreementByChance == nil && right.agreement == Proportion(0, of: 0))
    #expect(right.excessError == 0)
  }
}
