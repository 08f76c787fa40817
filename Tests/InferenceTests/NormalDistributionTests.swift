import Foundation
import Testing

@testable import Inference

@Suite struct NormalDistributionTests {
  @Test("Probabilities and quantiles are SciPy's, far into the tail")
  func reference() throws {
    for expected in try Reference.load().normal {
      #expect(agrees(NormalDistribution.cumulative(expected.z), expected.cumulative), "z \(expected.z)")
      #expect(agrees(NormalDistribution.quantile(expected.p), expected.quantile), "p \(expected.p)")
    }
  }

  @Test("It is the error function of the C library, and its quantile undoes it")
  func closedForm() {
    for z in stride(from: -6.0, through: 6, by: 0.37) {
      #expect(agrees(NormalDistribution.cumulative(z), 0.5 * erfc(-z / 2.0.squareRoot()), within: 1e-13))
      // One unit in the last place of p moves z by this much near 1.
      let rounding = 1e-15 / exp(-z * z / 2)
      #expect(abs(NormalDistribution.quantile(NormalDistribution.cumulative(z)) - z) < 1e-14 + rounding)
    }
    #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
  }
}
