import Tensors
import Testing

@testable import Inference

@Suite struct EquivalenceTestTests {
  @Test("Both one-sided p-values are SciPy's")
  func reference() throws {
    for expected in try Reference.load().samples {
      let sample = try #require(StudentInterval(expected.values))
      let test = EquivalenceTest(of: sample, margin: expected.margin)
      #expect(agrees(test.aboveLowerMarginP, expected.aboveLowerMarginP))
      #expect(agrees(test.belowUpperMarginP, expected.belowUpperMarginP))
      #expect(test.p == max(test.aboveLowerMarginP, test.belowUpperMarginP))
    }
  }

  @Test(
    "p is below α exactly when the interval of 1 − 2α lies inside the margin", arguments: [0.01, 0.05, 0.2])
  func duality(significance: Double) throws {
    var generator = SeededGenerator(seed: 6, purpose: "duality")
    var equivalentCount = 0
    for _ in 0..<300 {
      let values = (0..<7).map { _ in 0.04 + 0.1 * generator.normalPair().0 }
      let test = EquivalenceTest(
        of: try #require(StudentInterval(values)), margin: 0.12, significance: significance)
      #expect(test.isEquivalent == (test.p < significance))
      if test.isEquivalent { equivalentCount += 1 }
    }
    #expect((1..<300).contains(equivalentCount))
  }

  @Test("A mean that lies on the margin is called equivalent in at most 5 % of trials")
  func level() throws {
    var generator = SeededGenerator(seed: 8, purpose: "level")
    let trialCount = 10_000
    var count = 0
    for _ in 0..<trialCount {
      let values = (0..<5).map { _ in 0.1 + 0.03 * generator.normalPair().0 }
      if EquivalenceTest(of: try #require(StudentInterval(values)), margin: 0.1).isEquivalent { count += 1 }
    }
    let bound = BinomialDistribution(trialCount: trialCount, probability: 0.05).centralRange(level: 0.9999)
    // The other side of the margin is seven standard deviations away, so the level is all but reached.
    #expect(bound.contains(count), "\(count) of \(trialCount)")
  }
}
