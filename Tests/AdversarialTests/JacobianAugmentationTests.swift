import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct JacobianAugmentationTests {
  private let classifier = LinearClassifier(
    inputShape: ImageShape(channels: 1, height: 2, width: 3), classCount: 3, seed: 4)

  @Test("Of a linear substitute each pixel goes a step along the weight of the answered class, in the box")
  func linear() throws {
    let images = try AttackBatch.saturated(count: 12, for: classifier, seed: 5).images
    let labels = (0..<12).map { $0 % 3 }
    for step: Float in [0.1, -0.1] {
      let moved = try JacobianAugmentation.images(
        from: images, labels: labels, step: step, substitute: classifier)
      for row in 0..<12 {
        for (pixel, weight) in classifier.weights[row: labels[row]].enumerated() {
          let clean = images.elements[row * 6 + pixel]
          let expected = min(max(clean + (weight > 0 ? step : -step), 0), 1)
          #expect(moved.elements[row * 6 + pixel] == expected)
        }
      }
    }
  }

  @Test("Nothing is made of nothing")
  func empty() throws {
    let none = Tensor(shape: [0, 1, 2, 3], elements: [])
    #expect(
      try JacobianAugmentation.images(from: none, labels: [], step: 0.1, substitute: classifier) == none)
  }

  @Test("An oracle tells labels, and counts each image as often as it is asked about")
  func oracle() throws {
    let images = try AttackBatch.correct(count: 9, for: classifier, seed: 5).images
    let oracle = LabelOracle(classifier)
    let expected = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    #expect(try oracle.labels(of: images) == expected && oracle.queryCount == 9)
    #expect(try oracle.labels(of: images.rows([3, 3])) == [expected[3], expected[3]])
    #expect(oracle.queryCount == 11)
    #expect(try oracle.labels(of: images.rows([])) == [])
  }
}
