import TestSupport
import Testing

@testable import Adversarial

@Suite struct SmoothedPredictionTests {
  @Test("p is SciPy's of the two-sided binomial test on the two largest counts")
  func reference() throws {
    for expected in try SmoothingReference.load().predictions {
      let prediction = SmoothedPrediction(counts: expected.counts, alpha: 0.05)
      expectClose(prediction.p, expected.p, relative: 1e-9)
      #expect(prediction.isAbstained == (expected.p > 0.05))
      #expect(prediction.label == (expected.p > 0.05 ? nil : prediction.leading))
    }
  }

  @Test("The leading class is the one with most votes; equal votes, no answer")
  func leading() {
    #expect(SmoothedPrediction(counts: [1, 90, 9], alpha: 0.001).label == 1)
    let tie = SmoothedPrediction(counts: [0, 500, 500], alpha: 0.999)
    #expect(tie.leading == 1 && tie.p == 1 && tie.isAbstained)
    // 2 · ½¹⁰ = 0.00195: ten of ten are enough for 0.002 and not for 0.001.
    #expect(SmoothedPrediction(counts: [10, 0], alpha: 0.002).label == 0)
    #expect(SmoothedPrediction(counts: [10, 0], alpha: 0.001).isAbstained)
  }
}
