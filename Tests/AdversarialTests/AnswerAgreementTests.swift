import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct AnswerAgreementTests {
  @Test("By chance is the mean over all ways of giving answers to other images of the label")
  func permutations() throws {
    var generator = SeededGenerator(seed: 8)
    var answers: [(label: Int, first: Int, second: Int)] = []
    for label in [0, 0, 0, 0, 1, 1, 1] {
      answers.append(
        (label, Int(generator.next(upperBound: UInt64(3))), Int(generator.next(upperBound: UInt64(3)))))
    }
    // Every order of the second's answers within each label.
    func orders(_ rows: [Int]) -> [[Int]] {
      rows.isEmpty
        ? [[]]
        : rows.indices.flatMap { index in
          var rest = rows
          let head = rest.remove(at: index)
          return orders(rest).map { [head] + $0 }
        }
    }
    var (matches, total) = (0, 0)
    for first in orders(Array(0..<4)) {
      for second in orders(Array(4..<7)) {
        for (row, other) in (first + second).enumerated() {
          total += 1
          if answers[row].first == answers[other].second { matches += 1 }
        }
      }
    }
    expectClose(
      try #require(AnswerAgreement.byChance(answers)), Double(matches) / Double(total), relative: 1e-12)
  }

  @Test("Always the same answer agrees for certain; no images agree about nothing")
  func ends() {
    #expect(AnswerAgreement.byChance([(0, 2, 2), (0, 2, 2), (1, 0, 0)]) == 1)
    #expect(AnswerAgreement.byChance([(0, 1, 2), (0, 1, 2)]) == 0)
    #expect(AnswerAgreement.byChance([]) == nil)
  }
}
