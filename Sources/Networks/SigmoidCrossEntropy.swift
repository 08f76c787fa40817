import Foundation
import Tensors

/// Cross-entropy of independent sigmoids, one for each class, added up over classes.
///
///     L(z, y) = Σ_j [ log(1 + exp(z_j)) − t_j z_j ],   t_j = [j = y],   ∂L/∂z_j = σ(z_j) − t_j
///
/// The classes are independent, so a network may reject all of them. Goodfellow, Shlens, Szegedy (2015), appendix,
/// train a maxout network like this. <https://arxiv.org/abs/1412.6572> Per image, like ``CrossEntropy``.
public enum SigmoidCrossEntropy {
  /// L(z, y). A class decided correctly and confidently adds exp(−|z_j|), however small.
  public static func loss(logits: Span<Float>, label: Int) -> Double {
    var loss = 0.0
    for index in logits.indices { loss += softplus(wrongness(logits, index, label)) }
    return loss
  }

  /// Writes `scale · ∂L/∂z`. The label's entry is −σ(−z_y), not σ(z_y) − 1, which cancels.
  ///
  /// - Returns: L(z, y), not scaled.
  @discardableResult
  public static func writeGradient(
    logits: Span<Float>, label: Int, scale: Double = 1, to gradient: inout MutableSpan<Float>
  ) -> Double {
    var loss = 0.0
    for index in logits.indices {
      let wrongness = wrongness(logits, index, label)
      loss += softplus(wrongness)
      gradient[index] = Float((index == label ? -scale : scale) * exp(-softplus(-wrongness)))
    }
    return loss
  }

  /// Writes ∂L/∂z times a positive factor chosen per image such that the largest entry is 1 and nothing relevant
  /// underflows, however confidently correct the network is.
  public static func writeAscentDirection(
    logits: Span<Float>, label: Int, to gradient: inout MutableSpan<Float>
  ) {
    var largest = -Double.infinity
    for index in logits.indices { largest = max(largest, -softplus(-wrongness(logits, index, label))) }
    for index in logits.indices {
      let size = exp(-softplus(-wrongness(logits, index, label)) - largest)
      gradient[index] = Float(index == label ? -size : size)
    }
  }

  /// z_j, or −z_y for the label: the class adds softplus of it to the loss, and its gradient has magnitude σ of it, log
  /// σ(w) = −softplus(−w).
  private static func wrongness(_ logits: Span<Float>, _ index: Int, _ label: Int) -> Double {
    index == label ? -Double(logits[index]) : Double(logits[index])
  }

  /// log(1 + exp(w)) without overflow, accurate also near 0.
  private static func softplus(_ w: Double) -> Double { max(w, 0) + log1p(exp(-abs(w))) }
}
