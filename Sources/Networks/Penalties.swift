/// What is added to the mean loss to keep weights small. Biases and what batch normalization learns take no part.
///
///     Σ_l λ_l / k_l Σ w²  +  λ Σ_{first layer} |w|,   k_l the units (outputs) of layer l
///
/// The first sum is the decay of Szegedy et al. (2013), section 4.2: with k in it a softmax of ten classes at λ = 1
/// has Σ w² times 0.1. The second is what Goodfellow, Shlens, Szegedy (2015), section 5, compare with adversarial
/// training. <https://arxiv.org/abs/1312.6199> <https://arxiv.org/abs/1412.6572>
///
/// Both enter the gradient, so Adam scales them like the rest of it. At w = 0 the slope of |w| is taken as 0.
public struct Penalties: Codable, Equatable, Sendable {
  /// λ_l of the trained layers that have weights, from the images on; one number stands for all; empty: none.
  public var layerDecay: [Float]
  /// λ of the first of these layers.
  public var firstLayerL1: Float

  public init(layerDecay: [Float] = [], firstLayerL1: Float = 0) {
    precondition(
      (layerDecay + [firstLayerL1]).allSatisfy { $0 >= 0 && $0.isFinite },
      "coefficients must be finite and not negative, got \(layerDecay) and \(firstLayerL1)")
    self.layerDecay = layerDecay
    self.firstLayerL1 = firstLayerL1
  }

  /// The penalty of one weight array.
  struct Term: Equatable {
    let parameter: Int
    /// λ_l / k_l
    let square: Double
    let absolute: Double

    /// Σ of the penalty over an array.
    func value(_ weights: UnsafeBufferPointer<Double>) -> Double {
      weights.reduce(0) { $0 + square * $1 * $1 + absolute * abs($1) }
    }

    func slope(at weight: Double) -> Double {
      2 * square * weight + (weight == 0 ? 0 : weight > 0 ? absolute : -absolute)
    }
  }

  /// - Throws: ``NetworkError/wrongDecayCount(expected:found:)``
  func terms(of graph: Graph, frozen: Set<Int>) throws -> [Term] {
    let weights = graph.nodes.indices.filter { !frozen.contains($0) }
      .flatMap { graph.nodes[$0].parameters }.filter { graph.parameters[$0].role == .weight }
    guard layerDecay.count <= 1 || layerDecay.count == weights.count else {
      throw NetworkError.wrongDecayCount(expected: weights.count, found: layerDecay.count)
    }
    return weights.enumerated().compactMap { order, parameter in
      let decay = layerDecay.isEmpty ? 0 : layerDecay[layerDecay.count == 1 ? 0 : order]
      let term = Term(
        parameter: parameter, square: Double(decay) / Double(graph.parameters[parameter].shape[0]),
        absolute: order == 0 ? Double(firstLayerL1) : 0)
      return term.square == 0 && term.absolute == 0 ? nil : term
    }
  }
}

extension TrainingConfiguration {
  /// Positions of the nodes that training leaves alone.
  ///
  /// - Throws: ``NetworkError/unknownLayer(_:known:)`` for a name that no layer with parameters has.
  func frozenPositions(in graph: Graph) throws -> Set<Int> {
    Set(
      try frozenLayers.map { name in
        guard let position = graph.position(of: name), !graph.nodes[position].parameters.isEmpty else {
          throw NetworkError.unknownLayer(
            name, known: graph.nodes.filter { !$0.parameters.isEmpty }.map(\.name))
        }
        return position
      })
  }
}
