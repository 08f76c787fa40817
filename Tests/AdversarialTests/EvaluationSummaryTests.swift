import TestSupport
import Networks
import Tensors
import Testing

@testable import Adversarial

@Suite struct EvaluationSummaryTests {
  private func image(_ verdict: Verdict, moved: Float = 0, target: Int? = nil, zeroGradient: Bool = false)
    -> AttackedImage
  {
    let right = Prediction(logits: [1, 0])
    let wrong = Prediction(logits: [0, 1])
    return AttackedImage(
      imageID: 0, label: 0, target: target, verdict: verdict,
      before: verdict == .alreadyWrong ? wrong : right,
      attempt: verdict == .failed ? right : wrong,
      after: verdict == .succeeded || verdict == .alreadyWrong ? wrong : right,
      distortion: Distortion(from: [0, 0, 0, 0] as [Float], to: [moved, 0, 0, 0]),
      attemptDistortion: nil, survives8Bit: verdict == .succeeded ? moved > 0.15 : nil, wasProjected: false,
      hadZeroGradient: zeroGradient,
      queries: nil)
  }

  @Test("Counts, medians and the sentence state their denominators")
  func untargeted() throws {
    let summary = EvaluationSummary(of: [
      image(.succeeded, moved: 0.125), image(.succeeded, moved: 0.25), image(.succeeded, moved: 0.5),
      image(.failed, zeroGradient: true), image(.alreadyWrong),
    ])
    #expect(summary.success == Proportion(3, of: 4))
    #expect(summary.medianL2 == 0.25 && summary.medianLinf == 0.25)
    expectClose(try #require(summary.meanDistortion), (0.0625 + 0.125 + 0.25) / 3, relative: 1e-12)
    #expect(
      summary.sentence == """
        3 of 4 attacked images changed class (75.0 %, 95 % interval 30.1–95.4 %); \
        1 of 5 skipped because the classifier was already wrong; \
        accuracy over all 5 images falls from 80.0 % to 20.0 %; \
        2 of 3 successes survive rounding to 8 bits; \
        1 of 4 attacked images gave a gradient of zero and were not moved by it.
        """)
  }

  @Test("A targeted attack's sentence speaks of targets and of images that are of the target class")
  func targeted() {
    let summary = EvaluationSummary(of: [
      image(.succeeded, moved: 0.5, target: 1), image(.alreadyTarget, target: 0),
    ])
    #expect(
      summary.sentence == """
        1 of 1 attacked images became their target (100.0 %, 95 % interval 20.7–100.0 %); \
        1 of 2 skipped because they are of the target class; \
        accuracy over all 2 images falls from 100.0 % to 50.0 %; \
        1 of 1 successes survive rounding to 8 bits.
        """)
  }

  @Test("Without images the sentence invents no rate")
  func nothing() {
    #expect(
      EvaluationSummary(of: []).sentence
        == "0 of 0 attacked images changed class.")
  }
}
