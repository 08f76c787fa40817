import Tensors

extension Evaluation {
  /// Whether a classifier's outputs look like probabilities: all in [0, 1], each row adding up to 1.
  ///
  /// Every loss here takes the softmax itself. Of probabilities it takes it a second time, which flattens
  /// confidences to at most e / (e + C − 1) and gradients with them: an attack then looks weaker than it is. Croce,
  /// Hein (2020) check the same before they attack.
  ///
  /// - Parameter outputs: `[count, classCount]`. No rows look like nothing.
  public static func lookLikeProbabilities(_ outputs: Tensor) -> Bool {
    outputs.count > 0
      && (0..<outputs.count).allSatisfy { row in
        let values = outputs[row: row]
        // A softmax in Float misses 1 by some 1e-6; logits of many images do not add up to 1 so nearly.
        return values.allSatisfy { (0...1).contains($0) }
          && abs(values.reduce(0.0) { $0 + Double($1) } - 1) < 1e-4
      }
  }
}
