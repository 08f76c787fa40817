import Foundation
import Privacy
import Testing

@Suite struct SampledGaussianTests {
  private struct Reference: Decodable {
    struct Case: Decodable { let samplingRate, noiseMultiplier, order, divergence: Double }
    let cases: [Case]
  }

  private static func cases() throws -> [Reference.Case] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Privacy/privacy.json").standardizedFileURL
    return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file)).cases
  }

  @Test("Divergences are those that mpmath integrates in 60 digits")
  func reference() throws {
    let cases = try Self.cases()
    #expect(cases.count >= 90)
    for expected in cases {
      let found = SampledGaussian(
        samplingRate: expected.samplingRate, noiseMultiplier: expected.noiseMultiplier
      ).renyiDivergence(order: expected.order)
      // At q = 10⁻⁴ with σ = 20, x is 10⁻⁵ and its square loses as many digits.
      #expect(abs(found / expected.divergence - 1) < 1e-9, "\(expected): \(found)")
    }
  }

  @Test("Whole orders are the binomial sum", arguments: [0.003, 0.1, 0.7], [0.6, 1, 3])
  func wholeOrders(_ rate: Double, _ multiplier: Double) {
    for order in [2, 3, 5, 10, 40] {
      let terms = (0...order).map { k -> Double in
        let binomial = lgamma(Double(order + 1)) - lgamma(Double(k + 1)) - lgamma(Double(order - k + 1))
        let power = Double(order - k) * log1p(-rate) + Double(k) * log(rate)
        return binomial + power + Double(k * k - k) / (2 * multiplier * multiplier)
      }
      let largest = terms.max()!
      let expected =
        (largest + log(terms.reduce(0) { $0 + exp($1 - largest) })) / Double(order - 1)
      let found = SampledGaussian(samplingRate: rate, noiseMultiplier: multiplier)
        .renyiDivergence(order: Double(order))
      // The sum itself cancels where it is close to 1: log of it has an absolute error of 10⁻¹⁵ times its terms.
      #expect(abs(found - expected) < 1e-11 * expected + 1e-13, "order \(order)")
    }
  }

  @Test("With all examples in every lot it is the Gaussian mechanism, and q close to 1 is close to it")
  func everything() {
    for (multiplier, order) in [(0.7, 1.5), (4, 20), (10, 300.0)] {
      let whole = SampledGaussian(samplingRate: 1, noiseMultiplier: multiplier).renyiDivergence(order: order)
      #expect(whole == order / (2 * multiplier * multiplier))
      let almost = SampledGaussian(samplingRate: 1 - 1e-9, noiseMultiplier: multiplier)
        .renyiDivergence(order: order)
      #expect(abs(almost / whole - 1) < 1e-5 && almost < whole)
    }
  }

  @Test(
    "With hardly any noise, and with more than can be told from none, it is the Gaussian mechanism's at once",
    arguments: [1e-3, 1e-10, 1e-160, 1e-200, 1e7, 1e200])
  func extremes(_ multiplier: Double) {
    let mechanism = SampledGaussian(samplingRate: 0.01, noiseMultiplier: multiplier)
    #expect(mechanism.renyiDivergence(order: 2) == 1 / (multiplier * multiplier))
    let guarantee = RenyiAccountant(mechanism, stepCount: 100).guarantee(delta: 1e-5)
    #expect(multiplier < 1 ? guarantee.epsilon > 1e7 : guarantee.epsilon < 1e-3)
  }

  @Test("The Gaussian mechanism is an upper bound, and close where it takes over", arguments: [1.3, 2, 5])
  func bound(_ order: Double) {
    let multiplier = 1.0 / 64
    for rate in [0.01, 0.3] {
      let found = SampledGaussian(samplingRate: rate, noiseMultiplier: multiplier).renyiDivergence(
        order: order)
      let whole = order / (2 * multiplier * multiplier)
      #expect(found < whole && found > 0.98 * whole)
    }
  }

  @Test("It grows with q, with 1/σ and with the order; no draws cost nothing, no noise everything")
  func monotone() {
    func divergence(_ rate: Double, _ multiplier: Double, _ order: Double) -> Double {
      SampledGaussian(samplingRate: rate, noiseMultiplier: multiplier).renyiDivergence(order: order)
    }
    let rates = [0, 1e-6, 1e-4, 0.01, 0.3, 0.99, 1]
    let multipliers = [50, 8, 2, 1, 0.6, 0.4]
    let orders = [1.001, 1.2, 2, 3.7, 12, 100, 700]
    func ascends(_ values: [Double]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }
    for order in orders {
      #expect(ascends(rates.map { divergence($0, 1.3, order) }))
      #expect(ascends(multipliers.map { divergence(0.02, $0, order) }))
    }
    #expect(ascends(orders.map { divergence(0.02, 0.9, $0) }))
    #expect(divergence(0, 1, 2) == 0 && divergence(0.1, 0, 2) == .infinity)
  }
}
