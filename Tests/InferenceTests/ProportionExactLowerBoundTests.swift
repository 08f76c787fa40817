import Foundation
import Tensors
import Testing

@testable import Inference

@Suite struct ProportionExactLowerBoundTests {
  @Test("Where all draws agree the bound is α^(1/n); of none, and of nothing, it is 0")
  func closedForm() {
    for (total, alpha) in [(1, 0.05), (100, 0.001), (100_000, 0.001)] {
      let bound = Proportion(total, of: total).exactLowerBound(doubt: alpha)
      #expect(abs(bound - pow(alpha, 1 / Double(total))) < 1e-12)
    }
    // A doubt that 1 − α does not know.
    let least = Proportion(100, of: 100).exactLowerBound(doubt: 1e-17)
    #expect(abs(least - pow(1e-17, 0.01)) < 1e-12)
    #expect(Proportion(0, of: 50).exactLowerBound(doubt: 0.01) == 0)
    #expect(Proportion(0, of: 0).exactLowerBound(doubt: 0.01) == 0)
  }

  @Test("It is the lower end of the two-sided interval with twice the doubt")
  func twoSided() throws {
    for (count, total) in [(1, 3), (16, 200), (950, 1000)] {
      let proportion = Proportion(count, of: total)
      let interval = try #require(proportion.exactInterval(level: 0.9))
      #expect(abs(proportion.exactLowerBound(doubt: 0.05) - interval.lower) < 1e-14)
    }
  }

  // Exact: summed over all counts.
  @Test("It exceeds the true share with no more than its doubt", arguments: [1, 5, 40], [0.06, 0.5, 0.93])
  func coverage(total: Int, share: Double) {
    let binomial = BinomialDistribution(trialCount: total, probability: share)
    let above = (0...total).reduce(0.0) { sum, count in
      Proportion(count, of: total).exactLowerBound(doubt: 0.05) > share
        ? sum + binomial.cumulative(count) - binomial.cumulative(count - 1) : sum
    }
    #expect(above <= 0.05)
  }
}
