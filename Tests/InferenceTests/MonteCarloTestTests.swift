import Tensors
import Testing

@testable import Inference

@Suite struct MonteCarloTestTests {
  @Test("The p-values of a statistic among eight draws, two of them ties, are those counted by hand")
  func byHand() {
    let test = MonteCarloTest(of: 3, against: [1, 3, 5, 2, 3, 4, 0, 2])
    #expect((test.aboveCount, test.equalCount, test.belowCount) == (2, 2, 4))
    #expect(test.upperP() == 5.0 / 9)
    #expect(test.lowerP() == 7.0 / 9)
    #expect(test.twoSidedP() == 1)
    // Half of three ties, the observed value among them.
    #expect(test.upperP(ties: .midP) == 3.5 / 9)
    #expect(test.lowerP(ties: .midP) == 5.5 / 9)
    #expect(test.twoSidedP(ties: .midP) == 7.0 / 9)
    #expect(test.nullMean == 2.5)
    #expect(test.difference == 0.5)
  }

  @Test("No p is 0: the least of B draws is 1/(B + 1), its double on two sides")
  func least() {
    let test = MonteCarloTest(of: 2, against: (0..<999).map { Double($0) / 1000 })
    #expect(test.upperP() == 0.001)
    #expect(test.twoSidedP() == 0.002)
    #expect(test.lowerP() == 1)
    #expect(test.upperP(ties: .midP) == 0.0005)
  }

  @Test("Changing the sign of everything exchanges the sides", arguments: TieRuleCases.all)
  func mirrored(rule: MonteCarloTest.TieRule) {
    var generator = SeededGenerator(seed: 3, purpose: "mirrored draws")
    for _ in 0..<50 {
      let draws = (0..<19).map { _ in Double(generator.next(upperBound: 7 as UInt64)) }
      let value = Double(generator.next(upperBound: 7 as UInt64))
      let test = MonteCarloTest(of: value, against: draws)
      let mirrored = MonteCarloTest(of: -value, against: draws.map { -$0 })
      #expect(test.upperP(ties: rule) == mirrored.lowerP(ties: rule))
      #expect(test.twoSidedP(ties: rule) == mirrored.twoSidedP(ties: rule))
    }
  }

  enum TieRuleCases { static let all = MonteCarloTest.TieRule.allCases }

  // Statistics of 0…9: many ties, the hard case. With B + 1 = 20 equally likely ranks, P(p ≤ 1/20 · j) ≤ j/20.
  @Test("Under the null hypothesis p ≤ α in at most a share α of trials; mid-p has the mean ½")
  func coverage() throws {
    var generator = SeededGenerator(seed: 5, purpose: "null trials")
    var rejections = [0.05: 0, 0.1: 0, 0.25: 0]
    var twoSidedRejections = 0
    var sum = 0.0
    let trialCount = 20_000
    for _ in 0..<trialCount {
      let values = (0..<20).map { _ in Double(generator.next(upperBound: 10 as UInt64)) }
      let test = MonteCarloTest(of: values[0], against: Array(values[1...]))
      for level in rejections.keys where test.upperP() <= level { rejections[level]! += 1 }
      if test.twoSidedP() <= 0.1 { twoSidedRejections += 1 }
      sum += test.upperP(ties: .midP)
    }
    for (level, count) in rejections {
      let bound = BinomialDistribution(trialCount: trialCount, probability: level).centralRange(level: 0.9999)
      #expect(count <= bound.upperBound, "\(count) rejections at \(level)")
    }
    let bound = BinomialDistribution(trialCount: trialCount, probability: 0.1).centralRange(level: 0.9999)
    #expect(twoSidedRejections <= bound.upperBound)
    // The standard deviation of a p-value is at most 0.29; five standard errors of 20,000.
    #expect(abs(sum / Double(trialCount) - 0.5) < 5 * 0.29 / 20_000.0.squareRoot())
  }

  @Test("Without ties the level is exact: a share α of trials is rejected")
  func exactLevel() {
    var generator = SeededGenerator(seed: 7, purpose: "null trials")
    let trialCount = 10_000
    var count = 0
    for _ in 0..<trialCount {
      let values = (0..<20).map { _ in generator.uniform() }
      if MonteCarloTest(of: values[0], against: Array(values[1...])).upperP() <= 0.1 { count += 1 }
    }
    #expect(
      BinomialDistribution(trialCount: trialCount, probability: 0.1).centralRange(level: 0.9999).contains(
        count))
  }
}
