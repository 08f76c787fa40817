import Networks
import Tensors

/// Directions in which every pixel moves as far as every other: a sign for each.
enum SignDirections {
  /// sign(∇ₓ L(x, y)), L the cross-entropy: the direction of the fast gradient sign method, sign(0) = 0.
  static func ofGradient(
    _ images: Tensor, labels: [Int], classifier: some DifferentiableClassifier
  ) throws -> Tensor {
    let (_, gradients) = try classifier.logitsAndImageGradients(of: images) { row, logits, gradient in
      CrossEntropy.writeAscentDirection(logits: logits, label: labels[row], to: &gradient)
    }
    return Tensor(shape: images.shape, elements: gradients.elements.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 })
  }

  /// Fair signs. A row depends on the seed, the image's number and the draw, not on the other images.
  static func random(shape: [Int], imageIDs: [Int], seed: UInt64, purpose: StaticString) -> Tensor {
    var directions = Tensor(shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *)))
    for (row, image) in imageIDs.enumerated() {
      var generator = SeededGenerator(seed: seed, purpose: purpose, index: image)
      directions[row: row] = ArraySlice(
        (0..<directions.rowLength).map { _ in generator.next() >> 63 == 0 ? 1 : -1 })
    }
    return directions
  }
}

extension Tensor {
  /// x + scale · d, not clipped.
  package func moved(along directions: Tensor, by scale: Double) -> Tensor {
    precondition(shape == directions.shape, "images \(shape) and directions \(directions.shape)")
    return Tensor(
      shape: shape,
      elements: zip(elements, directions.elements).map { Float(Double($0) + scale * Double($1)) })
  }
}
