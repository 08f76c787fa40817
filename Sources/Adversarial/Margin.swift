import Tensors

/// The margin of one logit: the loss of attacks that search for the decision boundary.
///
///     lead(a) = z_a − max_{j ≠ a} z_j
///
/// The rival is the largest of the others, excluding class a from the search; multiplying its logit by zero instead
/// would let it win whenever all others are negative. So a constant added to all logits changes nothing. Carlini,
/// Wagner (2017), section V-A, function f₆. <https://arxiv.org/abs/1608.04644>
public enum Margin {
  /// - Parameter logits: Logits of at least two classes.
  /// - Returns: The margin in Double, and the strongest other class, the lowest index in a tie.
  public static func lead(of label: Int, in logits: Span<Float>) -> (value: Double, rival: Int) {
    precondition(logits.count >= 2, "a lead is over another class; there are \(logits.count)")
    var rival = label == 0 ? 1 : 0
    for index in logits.indices where index != label && logits[index] > logits[rival] { rival = index }
    return (Double(logits[label]) - Double(logits[rival]), rival)
  }

  /// Writes `scale · ∂lead/∂z`: one positive entry, one negative, the rest 0.
  public static func writeGradient(
    ofLeadOf label: Int, in logits: Span<Float>, scale: Float = 1, to gradient: inout MutableSpan<Float>
  ) {
    let rival = lead(of: label, in: logits).rival
    for index in logits.indices { gradient[index] = 0 }
    gradient[label] = scale
    gradient[rival] = -scale
  }
}
