import Tensors

extension Evaluation {
  /// Whether a classifier's outputs look like probabilities: all in [0, 1], each row summing to 1.
  ///
  /// Every loss here applies softmax. Applied to probabilities, a second softmax flattens confidences to at most e / (e
  /// + C − 1) and gradients with them: an attack then looks weaker than it is. Croce, Hein (2020) make the same check
  /// before attacking.
  ///
  /// - Parameter outputs: `[count, classCount]`. False if there are no rows.
  public static func lookLikeProbabilities(_ outputs: Tensor) -> Bool {
    outputs.count > 0
      && (0..<outputs.count).allSatisfy { row in
        let values = outputs[row: row]
        // A softmax in Float deviates from 1 by about 1e-6; logits of many images do not sum to 1 that closely.
        return values.allSatisfy { (0...1).contains($0) }
          && abs(values.reduce(0.0) { $0 + Double($1) } - 1) < 1e-4
      }
  }
}
