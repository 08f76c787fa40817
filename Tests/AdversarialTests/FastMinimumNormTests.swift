import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct FastMinimumNormTests {
  @Test("On a ReLU network every image is crossed, in every norm", arguments: Norm.allCases)
  func crosses(norm: Norm) throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 40)
    let evaluation = try Evaluation(
      of: FastMinimumNorm(), on: batch, under: ThreatModel(norm: norm, epsilon: .infinity), classifier: engine
    )
    #expect(evaluation.summary.success == Proportion(40, of: 40))
  }

  @Test("More steps do not end further away", arguments: Norm.allCases)
  func moreSteps(norm: Norm) throws {
    let engine = try TrainedNetwork.engine()
    let batch = try TrainedNetwork.batch(count: 30)
    let medians = try [50, 300].map { steps in
      let example = MinimalAttackCase(attack: FastMinimumNorm(stepCount: steps), norm: norm)
      return median(
        example.distances(try example.proposal(for: batch, classifier: engine).images, from: batch))
    }
    // The schedule is stretched, so single images may end elsewhere; a count is coarse.
    #expect(medians[1] <= 1.01 * medians[0] + (norm == .l0 ? 1 : 0))
  }

  @Test(
    "The dual of a norm bounds what a perturbation does to a linear function, and is reached",
    arguments: Norm.allCases)
  func dual(norm: Norm) {
    let gradient = [3.0, -4, 0, 1]
    let expected: Double =
      switch norm {
      case .l0, .l1: 4
      case .l2: 26.0.squareRoot()
      case .linf: 8
      }
    expectClose(norm.dualLength(of: gradient), expected, relative: 1e-12)
  }
}
