import Tensors
import Testing

@testable import Inference

@Suite struct StudentIntervalTests {
  @Test("Mean, deviation, interval and p-values are SciPy's")
  func reference() throws {
    for expected in try Reference.load().samples {
      let sample = try #require(StudentInterval(expected.values))
      #expect(agrees(sample.mean, expected.mean) && agrees(sample.standardDeviation, expected.deviation))
      let interval = sample.interval(level: expected.level)
      #expect(agrees(interval.lower, expected.lower) && agrees(interval.upper, expected.upper))
      #expect(agrees(sample.upperP(), expected.upperP))
      #expect(agrees(sample.lowerP(), expected.lowerP))
      #expect(agrees(sample.twoSidedP(), expected.p))
    }
  }

  @Test("Two values have the interval of Cauchy's distribution: mean ± 12.706 · half their distance")
  func closedForm() throws {
    let sample = try #require(StudentInterval([1, 3]))
    let interval = sample.interval()
    #expect(abs(interval.lower - (2 - 12.706204736174705)) < 1e-12)
    #expect(abs(interval.upper - (2 + 12.706204736174705)) < 1e-12)
  }

  @Test("The mean of equal values is told without an interval, compared by value and not by their spread")
  func equal() throws {
    // The sum of these is rounded, so that their deviation is not 0.
    let alike = [Double](repeating: 0.1, count: 3)
    #expect(StudentInterval.interval(ofMeanOf: alike) == nil)
    #expect(StudentInterval.interval(ofMeanOf: [0.1]) == nil)
    let interval = try #require(StudentInterval.interval(ofMeanOf: [1, 3]))
    #expect(interval == StudentInterval([1, 3])?.interval())
  }

  @Test("The interval excludes a value exactly when the test rejects it")
  func duality() throws {
    var generator = SeededGenerator(seed: 9, purpose: "duality")
    for _ in 0..<200 {
      let values = (0..<6).map { _ in generator.normalPair().0 }
      let sample = try #require(StudentInterval(values))
      #expect(sample.interval(level: 0.8).contains(0) == (sample.twoSidedP() > 0.2))
    }
  }

  @Test("Of 5 normal values the 95 % interval covers the mean in 95 % of trials")
  func coverage() throws {
    var generator = SeededGenerator(seed: 10, purpose: "coverage")
    let trialCount = 20_000
    var count = 0
    for _ in 0..<trialCount {
      let values = (0..<5).map { _ in 3 + 2 * generator.normalPair().0 }
      if try #require(StudentInterval(values)).interval().contains(3) { count += 1 }
    }
    #expect(
      BinomialDistribution(trialCount: trialCount, probability: 0.95).centralRange(level: 0.9999).contains(
        count))
  }

  @Test("One value has no spread; equal values leave no doubt")
  func degenerate() throws {
    #expect(StudentInterval([]) == nil && StudentInterval([1]) == nil)
    let sample = try #require(StudentInterval([0.5, 0.5, 0.5]))
    #expect(sample.interval().halfWidth == 0)
    #expect((sample.upperP(), sample.lowerP(), sample.twoSidedP()) == (0, 1, 0))
    #expect(sample.upperP(against: 0.5) == 0.5 && sample.twoSidedP(against: 0.5) == 1)
  }
}
