import Tensors
import Testing

@testable import Adversarial

@Suite struct EvaluationProbabilitiesTests {
  @Test(
    "Rows in [0, 1] that add up to 1 look like probabilities, and only such",
    arguments: [
      ([0.5, 0.5, 0.1, 0.9], true), ([1, 0, 0.999_99, 0], true), ([0.5, 0.5, 0.1, 0.8], false),
      ([1.5, -0.5, 0.5, 0.5], false), ([3, 1, -2, 0], false),
    ] as [([Float], Bool)])
  func rows(values: [Float], expected: Bool) {
    #expect(Evaluation.lookLikeProbabilities(Tensor(shape: [2, 2], elements: values)) == expected)
  }

  @Test("No rows look like nothing")
  func empty() {
    #expect(!Evaluation.lookLikeProbabilities(Tensor(shape: [0, 2])))
  }
}
