import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// The instruments are checked before anything is measured with them.
@Suite struct TestSupportTests {
  @Test("A comparison notices another shape, a difference beyond the tolerance, and NaN")
  func comparison() {
    let tensor = Tensor(shape: [2, 2], elements: [1, 2, 3, 4])
    expectClose(tensor, tensor)
    expectClose(tensor, Tensor(shape: [2, 2], elements: [1, 2, 3, 4.25]), absolute: 0.25)
    withKnownIssue { expectClose(tensor, tensor.reshaped([4]), absolute: 1) }
    withKnownIssue {
      expectClose(tensor, Tensor(shape: [2, 2], elements: [1, 2, 3, 4.25]), absolute: 0.125)
    }
    var broken = tensor
    broken.elements[0] = .nan
    withKnownIssue { expectClose(broken, broken, absolute: 1) }
    withKnownIssue { expectClose(Double.nan, 1, absolute: 10) }
  }

  @Test("Central differences of a cubic are its derivative")
  func differences() {
    let slopes = centralDifferences(of: { $0[0] * $0[0] * $0[0] - 2 * $0[1] }, at: [2, 5])
    expectClose(slopes[0], 12, absolute: 1e-8)
    expectClose(slopes[1], -2, absolute: 1e-8)
  }

  @Test("The linear classifier's vector–Jacobian product agrees with central differences of its logits")
  func linearClassifier() throws {
    let classifier = LinearClassifier(
      inputShape: ImageShape(channels: 2, height: 2, width: 3), classCount: 3, seed: 4)
    let batch = try AttackBatch.correct(count: 2, for: classifier, seed: 5)
    let (logits, gradients) = try classifier.logitsAndImageGradients(of: batch.images) {
      row, logits, gradient in
      // loss = (row + 1) ‖z‖² / 2
      for label in logits.indices { gradient[label] = Float(row + 1) * logits[label] }
    }
    #expect(logits == (try classifier.logits(of: batch.images)))
    #expect(gradients.shape == batch.images.shape)
    for row in 0..<2 {
      let expected = centralDifferences(
        of: { point in
          (0..<3).reduce(0.0) { loss, label in
            let weights = classifier.weights[row: label]
            let logit = zip(point, weights).reduce(Double(classifier.biases[label])) {
              $0 + $1.0 * Double($1.1)
            }
            return loss + Double(row + 1) * logit * logit / 2
          }
        }, at: batch.images[row: row].map(Double.init))
      for (found, expected) in zip(gradients[row: row], expected) {
        expectClose(Double(found), expected, absolute: 1e-5, relative: 1e-5)
      }
    }
  }

  @Test("A logit that is not finite is thrown with its row")
  func notFinite() throws {
    let shape = ImageShape(channels: 1, height: 1, width: 1)
    let classifier = LinearClassifier(
      inputShape: shape, weights: Tensor(shape: [2, 1], elements: [.greatestFiniteMagnitude, 0]),
      biases: [0, 0])
    let error = #expect(throws: LinearClassifier.NonFiniteLogit.self) {
      try classifier.logits(of: Tensor(shape: [2, 1, 1, 1], elements: [1, 2]))
    }
    #expect(error?.row == 1)
  }
}
