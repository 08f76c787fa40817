import Foundation
import Tensors
import Testing

@testable import Inference

@Suite struct BootstrapIntervalTests {
  @Test("From SciPy's replicates comes SciPy's interval")
  func reference() throws {
    let expected = try Reference.load().bca
    let sum = expected.values.reduce(0, +)
    let interval = try #require(
      BootstrapInterval.interval(
        estimate: sum / Double(expected.values.count), replicates: expected.replicates,
        leftOut: expected.values.map { (sum - $0) / Double(expected.values.count - 1) }, level: expected.level
      ))
    #expect(agrees(interval.lower, expected.lower, within: 1e-9))
    #expect(agrees(interval.upper, expected.upper, within: 1e-9))
    // The corrections matter here: without them the ends are elsewhere.
    let plain = try #require(Statistics.quantile(0.05, ofSorted: expected.replicates.sorted()))
    #expect(abs(plain - interval.lower) > 1e-4)
  }

  @Test("The same seed gives the same bits, another seed others, fewer than eight values nothing")
  func seeds() throws {
    let values = [0.1, 0.3, 0.2, 0.9, 0.4, 0.35, 0.15, 0.6]
    let first = BootstrapInterval.ofMean(values, drawCount: 500, seed: 1)
    #expect(first != nil)
    #expect(first == BootstrapInterval.ofMean(values, drawCount: 500, seed: 1))
    #expect(first != BootstrapInterval.ofMean(values, drawCount: 500, seed: 2))
    #expect(BootstrapInterval.ofMean(Array(values.dropLast()), seed: 1) == nil)
    let equal = BootstrapInterval.ofMean([Double](repeating: 0.1, count: 8), drawCount: 100, seed: 1)
    #expect(equal?.halfWidth == 0)
  }

  @Test(
    "Of 20 exponential values the 90 % interval covers the mean as often as SciPy's, which is less than 90 %")
  func coverage() throws {
    var generator = SeededGenerator(seed: 4, purpose: "coverage")
    let trialCount = 2000
    var count = 0
    for trial in 0..<trialCount {
      let values = (0..<20).map { _ in -log(1 - generator.uniform()) }
      let interval = BootstrapInterval.ofMean(values, level: 0.9, drawCount: 600, seed: UInt64(trial))
      if interval?.contains(1) == true { count += 1 }
    }
    let expected = try Reference.load().bcaCoverage
    #expect((0.84...0.9).contains(expected))
    let bound = BinomialDistribution(trialCount: trialCount, probability: expected).centralRange(
      level: 0.9999)
    #expect(bound.contains(count), "\(count) of \(trialCount)")
  }
}
