import Foundation
import Networks
import Tensors

/// How the logits z of one image are converted to class probabilities.
///
///     softmax       p_i = exp(z_i) / Σ_j exp(z_j)      exactly one class
///     sigmoid       p_i = 1 / (1 + exp(−z_i))          any number of classes, independently
///     exponential   p_i = exp(z_i),   z_i ≤ 0          a negative squared distance from each class's centre
///
/// Only the first sums to 1; under the others an image can belong to no class. All increase with z_i, so the class with
/// the largest logit has the largest probability. Goodfellow, Shlens, Szegedy (2015), section 7 and appendix.
/// <https://arxiv.org/abs/1412.6572>
public enum ScoreKind: String, Codable, CaseIterable, Sendable {
  case softmax, sigmoid, exponential

  /// The kind that suits the model: distances if its last layer gives them, otherwise by its training loss, otherwise
  /// softmax.
  public init(suiting model: Model) {
    let wasTrainedAsSigmoids = model.provenance.training?.loss == .sigmoid
    self =
      if Self.givesDistances(model.network.graph) { .exponential } else {
        wasTrainedAsSigmoids ? .sigmoid : .softmax
      }
  }

  /// Whether this kind applies to the network's logits: exponential only to distances.
  public func suits(_ graph: Graph) -> Bool { self != .exponential || Self.givesDistances(graph) }

  private static func givesDistances(_ graph: Graph) -> Bool {
    if case .rbf = graph.nodes.last?.layer { true } else { false }
  }

  /// The probabilities of all classes. Differences from 1 below 10⁻¹⁶ are lost, as always in Double.
  ///
  /// - Parameter logits: Logits of one image, finite. Under `exponential` none may be positive: such a network does not
  ///   give distances, and exp(z) would not be a probability.
  public func probabilities(of logits: some Collection<Float>) -> [Double] {
    switch self {
    case .softmax:
      let largest = Double(logits.max() ?? 0)
      let exponentials = logits.map { exp(Double($0) - largest) }
      let total = exponentials.reduce(0, +)
      return exponentials.map { $0 / total }
    case .sigmoid: return logits.map { 1 / (1 + exp(-Double($0))) }
    case .exponential:
      return logits.map { logit in
        precondition(logit <= 0, "a logit of distances is at most 0, got \(logit)")
        return exp(Double(logit))
      }
    }
  }

  /// Writes ∂p_i/∂z times a positive factor chosen per image such that it does not underflow.
  ///
  ///     softmax               u_i = Σ_{j≠i} u′_j,  u_j = −u′_j,   u′_j = exp(z_j − max_{k≠i} z_k)
  ///     sigmoid, exponential  u_i = 1, u_j = 0
  ///
  /// p_i = 10⁻⁵⁰ has a gradient too small for a Float, but a well-defined direction.
  ///
  /// - Parameters:
  ///   - label: i
  ///   - gradient: Overwritten.
  public func writeAscentDirection(
    of logits: Span<Float>, label: Int, to gradient: inout MutableSpan<Float>
  ) {
    switch self {
    case .softmax:
      // ∂p_i/∂z = −p_i ∂L(z, i)/∂z, L the cross-entropy.
      CrossEntropy.writeAscentDirection(logits: logits, label: label, to: &gradient)
      for index in logits.indices { gradient[index] = -gradient[index] }
    case .sigmoid, .exponential:
      for index in logits.indices { gradient[index] = index == label ? 1 : 0 }
    }
  }
}
