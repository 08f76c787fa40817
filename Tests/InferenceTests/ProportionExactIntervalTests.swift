import Tensors
import Testing

@testable import Inference

@Suite struct ProportionExactIntervalTests {
  @Test("The interval is SciPy's of Clopper and Pearson")
  func reference() throws {
    for expected in try Reference.load().clopperPearson {
      let proportion = Proportion(expected.count, of: expected.total)
      let interval = try #require(proportion.exactInterval(level: expected.level))
      #expect(agrees(interval.lower, expected.lower) && agrees(interval.upper, expected.upper))
      #expect(interval.level == expected.level)
    }
  }

  @Test("Of no successes the upper end is 1 − (α/2)^(1/n), as the tail has a closed form")
  func closedForm() throws {
    let interval = try #require(Proportion(0, of: 2).exactInterval(level: 0.5))
    #expect(interval.lower == 0 && abs(interval.upper - 0.5) < 1e-15)
    #expect(Proportion(0, of: 0).exactInterval() == nil)
  }

  // Exact: the coverage is summed over all counts.
  @Test("It never covers less than its level", arguments: [1, 5, 20], [0.01, 0.3, 0.5, 0.85])
  func coverage(total: Int, probability: Double) throws {
    let binomial = BinomialDistribution(trialCount: total, probability: probability)
    let covered = try (0...total).reduce(0.0) { sum, count in
      let interval = try #require(Proportion(count, of: total).exactInterval(level: 0.9))
      return interval.contains(probability)
        ? sum + binomial.cumulative(count) - binomial.cumulative(count - 1) : sum
    }
    #expect(covered >= 0.9)
  }
}
