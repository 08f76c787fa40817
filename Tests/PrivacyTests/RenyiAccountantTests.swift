import Foundation
import Privacy
import Testing

@Suite struct RenyiAccountantTests {
  /// q = 0.01, σ = 4, δ = 10⁻⁵: section 3.2 and figure 2 of Abadi et al. (2016).
  private func published(epochs: Int, _ conversion: RenyiConversion) -> Double {
    RenyiAccountant(SampledGaussian(samplingRate: 0.01, noiseMultiplier: 4), stepCount: 100 * epochs)
      .guarantee(delta: 1e-5, conversion: conversion).epsilon
  }

  @Test("The classic conversion gives the moments accountant's published numbers")
  func published() {
    #expect(abs(published(epochs: 100, .classic) - 1.26) < 0.005)
    // Printed as 2.55. Its orders and rounding are not told; 2.57 is what all orders give.
    #expect(abs(published(epochs: 400, .classic) - 2.55) < 0.03)
  }

  @Test("The improved conversion is never above the classic one")
  func improved() {
    for epochs in [1, 10, 100, 400, 4000] {
      #expect(published(epochs: epochs, .improved) < published(epochs: epochs, .classic))
    }
    // With SciPy, over whole orders: 1.03549 and 2.21291; all orders give a little less.
    #expect((1.03...1.0355).contains(published(epochs: 100, .improved)))
    #expect((2.19...2.2130).contains(published(epochs: 400, .improved)))
  }

  @Test("The Gaussian mechanism's ε has a closed form: its best order is where the derivative vanishes")
  func gaussian() {
    for (multiplier, delta) in [(0.8, 1e-5), (4, 1e-6), (20, 1e-3)] {
      let found = RenyiAccountant(SampledGaussian(samplingRate: 1, noiseMultiplier: multiplier), stepCount: 1)
        .guarantee(delta: delta, conversion: .classic)
      // min over α of α/2σ² + log(1/δ)/(α − 1), at α = 1 + σ √(2 log(1/δ))
      let root = (2 * log(1 / delta)).squareRoot()
      let expected = 1 / (2 * multiplier * multiplier) + root / multiplier
      #expect(abs(found.epsilon / expected - 1) < 1e-6)
      #expect(abs(found.order! / (1 + multiplier * root) - 1) < 1e-2)
    }
  }

  @Test("Steps add up, in any grouping; no steps cost nothing")
  func composition() {
    let (first, second) = (
      SampledGaussian(samplingRate: 0.02, noiseMultiplier: 1.1),
      SampledGaussian(samplingRate: 0.3, noiseMultiplier: 6)
    )
    var together = RenyiAccountant(first, stepCount: 40)
    together.compose(second, stepCount: 3)
    for order in [1.3, 4, 33] {
      let expected = 40 * first.renyiDivergence(order: order) + 3 * second.renyiDivergence(order: order)
      #expect(abs(together.renyiDivergence(order: order) - expected) < 1e-12 * expected)
    }
    let alone = RenyiAccountant(first, stepCount: 40).guarantee(delta: 1e-5).epsilon
    #expect(together.guarantee(delta: 1e-5).epsilon > alone)
    var parts = RenyiAccountant(first, stepCount: 15)
    parts.compose(first, stepCount: 25)
    #expect(abs(parts.guarantee(delta: 1e-5).epsilon - alone) < 1e-9)
    #expect(RenyiAccountant().guarantee(delta: 1e-5).epsilon == 0)
  }

  @Test("ε grows with steps, q and 1/σ and falls with δ; it is infinite without noise")
  func monotone() {
    func epsilon(_ rate: Double, _ multiplier: Double, _ steps: Int, _ delta: Double) -> Double {
      RenyiAccountant(SampledGaussian(samplingRate: rate, noiseMultiplier: multiplier), stepCount: steps)
        .guarantee(delta: delta).epsilon
    }
    func ascends(_ values: [Double]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }
    #expect(ascends([1, 10, 100, 1000, 10_000].map { epsilon(0.01, 1, $0, 1e-5) }))
    #expect(ascends([0.0005, 0.01, 0.1, 0.5, 1].map { epsilon($0, 1, 100, 1e-5) }))
    #expect(ascends([30, 5, 2, 1, 0.7, 0.5].map { epsilon(0.01, $0, 100, 1e-5) }))
    #expect(ascends([0.1, 1e-3, 1e-5, 1e-9].map { epsilon(0.01, 1, 100, $0) }))
    #expect(epsilon(0.01, 0, 1, 1e-5) == .infinity)
  }

  @Test("No order on a fine grid gives a smaller ε than the search found")
  func search() {
    for (rate, multiplier, steps) in [(0.01, 4.0, 10_000), (0.05, 0.8, 300), (1, 2, 1), (0.001, 0.6, 50)] {
      let accountant = RenyiAccountant(
        SampledGaussian(samplingRate: rate, noiseMultiplier: multiplier), stepCount: steps)
      for conversion in RenyiConversion.allCases {
        let found = accountant.guarantee(delta: 1e-5, conversion: conversion).epsilon
        let grid = stride(from: -6.0, through: 9, by: 0.02).map { logarithm in
          let order = 1 + exp2(logarithm)
          return conversion.epsilon(
            order: order, divergence: accountant.renyiDivergence(order: order), delta: 1e-5)
        }
        #expect(found <= grid.min()! + 1e-9)
      }
    }
  }
}
