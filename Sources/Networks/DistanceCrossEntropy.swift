import Foundation
import Tensors

/// Cross-entropy for the classes of an RBF network, each an independent binary decision.
///
///     p_j = exp(z_j),  z_j ≤ 0 a negative squared distance
///     L(z, y) = −z_y − Σ_{j≠y} log(1 − exp(z_j)),   ∂L/∂z_y = −1,   ∂L/∂z_j = 1 / (exp(−z_j) − 1)
///
/// Goodfellow, Shlens, Szegedy (2015), section 7, give p of one class and no loss; this is its likelihood, with all
/// classes independent. Under the softmax of z nothing determines the scale of exp(z), so that a network confident in a
/// class is indistinguishable from one that is far from all. <https://arxiv.org/abs/1412.6572>
///
/// z_j of another class is clamped below −10⁻⁶, where the loss is 13.8 and the slope 10⁶: at the centre of that class
/// both are unbounded. Per image, like ``CrossEntropy``.
public enum DistanceCrossEntropy {
  private static let leastDistance = 1e-6

  public static func loss(logits: Span<Float>, label: Int) -> Double {
    var loss = 0.0
    for index in logits.indices {
      loss += index == label ? -Double(logits[index]) : restLoss(distance(logits, index))
    }
    return loss
  }

  /// Writes `scale · ∂L/∂z`.
  ///
  /// - Returns: L(z, y), not scaled.
  @discardableResult
  public static func writeGradient(
    logits: Span<Float>, label: Int, scale: Double = 1, to gradient: inout MutableSpan<Float>
  ) -> Double {
    for index in logits.indices {
      gradient[index] = Float(scale * (index == label ? -1 : 1 / expm1(distance(logits, index))))
    }
    return loss(logits: logits, label: label)
  }

  /// −log(1 − exp(−d)), accurate near 0 as well.
  private static func restLoss(_ distance: Double) -> Double {
    distance > 1 ? -log1p(-exp(-distance)) : -log(-expm1(-distance))
  }

  /// −z_j, clamped to its minimum.
  private static func distance(_ logits: Span<Float>, _ index: Int) -> Double {
    precondition(logits[index] <= 0, "a logit of distances is at most 0, got \(logits[index])")
    return max(-Double(logits[index]), leastDistance)
  }
}
