import Privacy
import Testing

@Suite struct NoiseCalibrationTests {
  @Test("The noise found keeps ε, and one thousandth less does not")
  func inverse() throws {
    for (epsilon, rate, steps) in [
      (8.0, 0.01, 1000), (2, 0.01, 1000), (0.5, 0.01, 1000), (50, 0.2, 10), (1, 1, 1),
    ] {
      let found = try #require(
        SampledGaussian.noiseMultiplier(
          forEpsilon: epsilon, delta: 1e-5, samplingRate: rate, stepCount: steps))
      func cost(_ multiplier: Double) -> Double {
        RenyiAccountant(SampledGaussian(samplingRate: rate, noiseMultiplier: multiplier), stepCount: steps)
          .guarantee(delta: 1e-5).epsilon
      }
      #expect(cost(found) <= epsilon && cost(found) > 0.99 * epsilon)
      #expect(cost(found * 0.999) > epsilon)
    }
  }

  @Test("An ε that no order can certify has no noise")
  func unreachable() {
    #expect(
      SampledGaussian.noiseMultiplier(forEpsilon: 1e-7, delta: 1e-9, samplingRate: 1, stepCount: 1) == nil)
  }
}
