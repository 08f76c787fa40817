import Testing

@testable import Inference

@Suite struct BinomialDistributionTests {
  @Test("Probabilities and central ranges are SciPy's")
  func reference() throws {
    let reference = try Reference.load()
    for expected in reference.binomial {
      let binomial = BinomialDistribution(trialCount: expected.n, probability: expected.p)
      #expect(agrees(binomial.cumulative(expected.k), expected.cumulative), "\(expected.k) of \(expected.n)")
    }
    for expected in reference.binomialRange {
      let binomial = BinomialDistribution(trialCount: expected.n, probability: expected.p)
      #expect(binomial.centralRange(level: expected.level) == expected.lower...expected.upper)
    }
  }

  @Test("The probability is the sum of its terms", arguments: [0, 1, 7, 12], [0.0, 0.2, 0.5, 1])
  func sum(trialCount: Int, probability: Double) {
    let binomial = BinomialDistribution(trialCount: trialCount, probability: probability)
    var term = 1.0  // of C(n, 0) = 1
    var sum = 0.0
    for count in 0...trialCount {
      var power = term
      for _ in 0..<count { power *= probability }
      for _ in count..<trialCount { power *= 1 - probability }
      sum += power
      #expect(abs(binomial.cumulative(count) - sum) < 1e-14)
      term = term * Double(trialCount - count) / Double(count + 1)
    }
    #expect(binomial.cumulative(-1) == 0 && binomial.cumulative(trialCount) == 1)
  }
}
