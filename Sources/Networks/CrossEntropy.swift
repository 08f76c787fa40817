import Foundation
import Tensors

/// Cross-entropy of the softmax of logits, in forms that neither overflow nor cancel.
///
///     L(z, y) = −log softmax(z)_y = log Σ_j exp(z_j − z_y),   ∂L/∂z_j = softmax(z)_j − [j = y]
///
/// Per image, never averaged over a batch, so that no step depends on how many images are attacked together.
public enum CrossEntropy {
  /// L(z, y), accurate for losses near 0 as well: there it is about Σ_{j≠y} exp(z_j − z_y).
  public static func loss(logits: Span<Float>, label: Int) -> Double {
    loss(exponentials(of: logits, without: label), logits, label)
  }

  /// Mean of L over the rows of `[count, classCount]` logits; NaN without rows.
  public static func meanLoss(of logits: Tensor, labels: [Int]) -> Double {
    precondition(logits.count == labels.count, "\(logits.count) rows of logits, \(labels.count) labels")
    let total = labels.enumerated().reduce(0.0) { total, image in
      total + loss(logits: logits[row: image.offset].span, label: image.element)
    }
    return total / Double(labels.count)
  }

  /// Writes `scale · ∂L/∂z`. The entry of the label is −Σ of the others, not p_y − 1, which cancels for confident
  /// images.
  ///
  /// - Returns: L(z, y), not scaled.
  @discardableResult
  public static func writeGradient(
    logits: Span<Float>, label: Int, scale: Double = 1, to gradient: inout MutableSpan<Float>
  ) -> Double {
    let others = writeExponentials(of: logits, without: label, to: &gradient)
    let gap = others.largest - Double(logits[label])
    // exp(largest) / Σ_j exp(z_j)
    let share = gap > 0 ? 1 / (exp(-gap) + others.total) : exp(gap) / (1 + exp(gap) * others.total)
    for index in logits.indices { gradient[index] = Float(scale * share * Double(gradient[index])) }
    gradient[label] = Float(-scale * share * others.total)
    return loss(others, logits, label)
  }

  /// Writes ∂L/∂z times a positive factor chosen per image such that nothing underflows.
  ///
  ///     u_j = exp(z_j − max_{i≠y} z_i),   u_y = −Σ_{j≠y} u_j
  ///
  /// The gradient of a confident image is below the smallest Float although its direction is well defined; an attack
  /// that reads only the direction would find it zero and report the classifier as robust.
  public static func writeAscentDirection(
    logits: Span<Float>, label: Int, to gradient: inout MutableSpan<Float>
  ) {
    let others = writeExponentials(of: logits, without: label, to: &gradient)
    gradient[label] = Float(-others.total)
  }

  private static func loss(
    _ others: (largest: Double, total: Double), _ logits: Span<Float>, _ label: Int
  ) -> Double {
    let gap = others.largest - Double(logits[label])  // may be −∞ if there is only one class
    return gap > 0 ? gap + log(exp(-gap) + others.total) : log1p(exp(gap) * others.total)
  }

  /// The largest logit except the label's, and Σ exp(z_j − largest) over all except the label.
  private static func exponentials(
    of logits: Span<Float>, without label: Int
  ) -> (largest: Double, total: Double) {
    var largest = -Double.infinity
    for index in logits.indices where index != label { largest = max(largest, Double(logits[index])) }
    var total = 0.0
    for index in logits.indices where index != label { total += exp(Double(logits[index]) - largest) }
    return (largest, total)
  }

  /// The same, with exp(z_j − largest) left in `gradient`; 0 for the label.
  private static func writeExponentials(
    of logits: Span<Float>, without label: Int, to gradient: inout MutableSpan<Float>
  ) -> (largest: Double, total: Double) {
    var largest = -Double.infinity
    for index in logits.indices where index != label { largest = max(largest, Double(logits[index])) }
    var total = 0.0
    for index in logits.indices {
      let exponential = index == label ? 0 : exp(Double(logits[index]) - largest)
      total += exponential
      gradient[index] = Float(exponential)
    }
    return (largest, total)
  }
}
