import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@testable import Networks

@Suite struct PredictionTests {
  @Test("The prediction is the largest logit, the first of equals, with its softmax probability")
  func rows() {
    let predictions = Prediction.rows(
      of: Tensor(shape: [3, 3], elements: [0, 1, 1, -5, -9, -7, 1000, 0, 0]))
    #expect(predictions.map(\.label) == [1, 0, 0])
    expectClose(predictions[0].confidence, M_E / (1 + 2 * M_E), relative: 1e-12)
    #expect(predictions[2].confidence == 1)
  }
}
