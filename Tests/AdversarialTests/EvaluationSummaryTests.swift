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

  @Test("Counts and medians have their denominators")
  func untargeted() throws {
    let summary = EvaluationSummary(of: [
      image(.succeeded, moved: 0.125), image(.succeeded, moved: 0.25), image(.succeeded, moved: 0.5),
      image(.failed, zeroGradient: true), image(.alreadyWrong),
    ])
    #expect(summary.success == Proportion(3, of: 4))
    #expect(summary.cleanAccuracy == Proportion(4, of: 5))
    #expect(summary.robustAccuracy == Proportion(1, of: 5))
    #expect(summary.survival == Proportion(2, of: 3))
    #expect(summary.alreadyWrongCount == 1 && summary.zeroGradientCount == 1)
    #expect(summary.medianL2 == 0.25 && summary.medianLinf == 0.25)
    expectClose(try #require(summary.meanDistortion), (0.0625 + 0.125 + 0.25) / 3, relative: 1e-12)
  }

  @Test("Images of the target class are skipped and counted")
  func targeted() {
    let summary = EvaluationSummary(of: [
      image(.succeeded, moved: 0.5, target: 1), image(.alreadyTarget, target: 0),
    ])
    #expect(summary.isTargeted && summary.alreadyTargetCount == 1)
    #expect(summary.success == Proportion(1, of: 1) && summary.robustAccuracy == Proportion(1, of: 2))
  }

  @Test("Without images there is no rate and no median")
  func nothing() {
    let summary = EvaluationSummary(of: [])
    #expect(summary.success == Proportion(0, of: 0) && summary.medianL2 == nil)
  }
}
