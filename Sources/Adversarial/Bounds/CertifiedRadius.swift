import Networks
import Tensors

/// Certified L2 radii, within which no adversarial example of an image can exist.
///
///     (z_y − z_k)(x + r) ≥ (z_y − z_k)(x) − ‖e_y − e_k‖₂ L ‖r‖₂
///
///     by margin   min_k (z_y − z_k) / (√2 L)                  ‖e_y − e_k‖ = √2; Tsuzuku, Sato, Sugiyama (2018)
///     by pairs    min_k (z_y − z_k) / (‖w_y − w_k‖₂ L_h)      h the input of the last, linear layer
///
/// By pairs is never the smaller, as ‖w_y − w_k‖ = ‖Wᵀ(e_y − e_k)‖ ≤ √2 ‖W‖. For a purely linear network L_h is 1, and
/// the radius is the exact distance. The bound holds in exact arithmetic; the rounding of logits to Float, about 1e-6
/// of their size, is not included. <https://arxiv.org/abs/1802.04034>
///
/// It is a global bound, and thus far below the distances that attacks find: their ratio shows how loose it is.
public struct CertifiedRadius: Sendable {
  private let bound: LipschitzBound
  /// ‖w_y − w_k‖₂ of the last layer, `[classCount × classCount]`.
  private let pairNorms: [Double]?
  private let classCount: Int

  /// - Parameter bound: Bound of the same network.
  public init(_ bound: LipschitzBound, of network: Network) {
    self.bound = bound
    classCount = network.classCount
    let last = network.graph.nodes[network.graph.nodes.count - 1]
    if case .linear = last.layer {
      let weights = network.parameters[last.parameters.lowerBound]
      pairNorms = (0..<weights.count * weights.count).map { pair in
        zip(weights[row: pair / weights.count], weights[row: pair % weights.count])
          .reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }.squareRoot()
      }
    } else {
      pairNorms = nil
    }
  }

  /// - Parameter logits: Logits of one clean image.
  /// - Returns: 0 when the image is misclassified; ∞ when nothing can change the prediction.
  public func byMargin(_ logits: some Collection<Float>, label: Int) -> Double {
    smallest(Array(logits), label) { _ in Double(2).squareRoot() * bound.logits }
  }

  /// The larger of the two bounds: by pairs where the last layer is linear.
  public func radius(_ logits: some Collection<Float>, label: Int) -> Double {
    guard let pairNorms, let lastInput = bound.lastInput else { return byMargin(logits, label: label) }
    return smallest(Array(logits), label) { pairNorms[label * classCount + $0] * lastInput }
  }

  private func smallest(_ logits: [Float], _ label: Int, _ slope: (_ rival: Int) -> Double) -> Double {
    precondition(logits.count == classCount, "\(logits.count) logits of \(classCount) classes")
    return logits.indices.filter { $0 != label }.reduce(Double.infinity) { least, rival in
      let margin = Double(logits[label]) - Double(logits[rival])
      guard margin > 0 else { return 0 }
      let slope = slope(rival)
      return slope > 0 ? min(least, margin / slope) : least
    }
  }
}
