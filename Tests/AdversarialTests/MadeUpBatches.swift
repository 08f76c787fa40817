import Networks
import TestSupport
import Tensors

@testable import Adversarial

extension AttackBatch {
  /// Random images between `range`, labelled by the classifier itself.
  static func correct(
    count: Int, for classifier: some Classifier, in range: ClosedRange<Float> = 0...1, seed: UInt64
  ) throws -> AttackBatch {
    var generator = SeededGenerator(seed: seed, purpose: "test images")
    let shape = classifier.inputShape
    let elements = (0..<count * shape.pixelCount).map { _ in
      range.lowerBound + Float(generator.uniform()) * (range.upperBound - range.lowerBound)
    }
    let images = Tensor(shape: [count, shape.channels, shape.height, shape.width], elements: elements)
    let labels = Prediction.rows(of: try classifier.logits(of: images)).map(\.label)
    return AttackBatch(images: images, labels: labels, imageIDs: Array(100..<100 + count))
  }
}

extension LinearClassifier {
  /// The same classifier with its classes in another order: class c becomes `order[c]`.
  func permuted(_ order: [Int]) -> LinearClassifier {
    let inverse = order.indices.sorted { order[$0] < order[$1] }
    return LinearClassifier(
      inputShape: inputShape, weights: weights.rows(inverse), biases: inverse.map { biases[$0] })
  }

  /// The same classifier with a constant added to every logit.
  func shifted(by constant: Float) -> LinearClassifier {
    LinearClassifier(inputShape: inputShape, weights: weights, biases: biases.map { $0 + constant })
  }
}

extension Norm {
  /// Those whose balls have a size: a count of pixels has steps and points of any length.
  static let withBalls: [Norm] = allCases.filter { $0 != .l0 }
}
