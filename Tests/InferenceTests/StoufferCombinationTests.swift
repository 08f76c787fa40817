import Testing

@testable import Inference

@Suite struct StoufferCombinationTests {
  @Test("With and without weights it is SciPy's")
  func reference() throws {
    let expected = try Reference.load().stouffer
    let equal = StoufferCombination(expected.p)
    #expect(agrees(equal.z, expected.z) && agrees(equal.p, expected.combined))
    let weighted = StoufferCombination(expected.p, weights: expected.weights)
    #expect(agrees(weighted.z, expected.weightedZ) && agrees(weighted.p, expected.weightedCombined))
  }

  @Test("One p stays itself, a weight of 0 leaves a p out, halves stay ½ and a p of 1 makes the result 1")
  func closedForms() {
    #expect(agrees(StoufferCombination([0.03]).p, 0.03))
    #expect(agrees(StoufferCombination([0.03, 1], weights: [2, 0]).p, 0.03))
    #expect(StoufferCombination([0.5, 0.5, 0.5]).p == 0.5)
    #expect(StoufferCombination([0.001, 1]).p == 1)
  }
}
