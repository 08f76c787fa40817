import Foundation
import Privacy
import Testing

@Suite struct RenyiConversionTests {
  @Test("A conversion promises no less than the exact curve of the Gaussian mechanism")
  func exactCurve() {
    // Balle, Wang (2018), theorem 8: δ(ε) = Φ(1/2σ − εσ) − exp(ε) Φ(−1/2σ − εσ), the smallest δ there is.
    func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
    for multiplier in [0.5, 1, 3, 10.0] {
      for delta in [1e-2, 1e-5, 1e-9] {
        let accountant = RenyiAccountant(
          SampledGaussian(samplingRate: 1, noiseMultiplier: multiplier), stepCount: 1)
        for conversion in RenyiConversion.allCases {
          let epsilon = accountant.guarantee(delta: delta, conversion: conversion).epsilon
          let exact =
            normal(1 / (2 * multiplier) - epsilon * multiplier)
            - exp(epsilon) * normal(-1 / (2 * multiplier) - epsilon * multiplier)
          #expect(exact <= delta)
          // And not absurdly more: half of the improved ε does not keep δ.
          if conversion == .improved {
            let less = epsilon * 0.5
            let there =
              normal(1 / (2 * multiplier) - less * multiplier)
              - exp(less) * normal(-1 / (2 * multiplier) - less * multiplier)
            #expect(there > delta, "σ \(multiplier), δ \(delta), ε \(epsilon)")
          }
        }
      }
    }
  }

  @Test("ε is not below 0")
  func floor() {
    #expect(RenyiConversion.improved.epsilon(order: 2, divergence: 0, delta: 0.9) == 0)
  }

  @Test("The bound on membership is where both error rates are as small as they may be")
  func membership() {
    for (epsilon, delta) in [(0.0, 0.0), (0.0, 0.1), (0.5, 1e-5), (2, 0.01), (8, 1e-5)] {
      let bound = PrivacyGuarantee(epsilon: epsilon, delta: delta, order: nil).membershipAdvantageBound
      // Over the frontier: for a false positive rate the most that both inequalities leave.
      let frontier = stride(from: 0.0, through: 1, by: 1e-4).map { falseRate in
        min(1, exp(epsilon) * falseRate + delta, 1 - exp(-epsilon) * (1 - falseRate - delta))
          - falseRate
      }
      #expect(frontier.max()! <= bound + 1e-12 && frontier.max()! > bound - 2e-4 * exp(epsilon))
    }
    #expect(PrivacyGuarantee(epsilon: .infinity, delta: 1e-5, order: nil).membershipAdvantageBound == 1)
  }
}
