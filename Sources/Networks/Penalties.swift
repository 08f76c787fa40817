/// Terms added to the mean loss to keep weights small. The parameters of batch normalization are exempt.
///
///     perUnit   Σ_l λ_l / k_l Σ w²             of weights, k_l the units (outputs) of layer l
///     half      Σ_l λ_l / 2 (Σ w² + Σ b²)      of weights and biases, so that the gradient has λ_l w
///     L1        λ Σ |w|                        of the first layer's weights
///
/// `perUnit` is as printed in Szegedy et al. (2013), section 4.2; `half`, plain weight decay, reproduces the errors in
/// their table 1 (docs/reproduction.md). The third is what Goodfellow, Shlens, Szegedy (2015), section 5, compare with
/// adversarial training. <https://arxiv.org/abs/1312.6199> <https://arxiv.org/abs/1412.6572>
///
/// All enter the gradient, so Adam scales them like the rest of it. At w = 0 the slope of |w| is taken as 0.
public struct Penalties: Codable, Equatable, Sendable {
  /// How λ_l acts on layer l.
  public enum DecayForm: String, CaseIterable, Codable, Sendable {
    case perUnit = "per-unit"
    case half
  }

  /// λ_l of the trained layers that have weights, from the input on; a single number applies to all; empty: none.
  public var layerDecay: [Float]
  public var decayForm: DecayForm {
    get { form ?? .perUnit }
    set { form = newValue == .perUnit ? nil : newValue }
  }
  /// λ of the first of these layers.
  public var firstLayerL1: Float
  /// Absent where it is `perUnit`, so that files of earlier versions stay readable and unchanged.
  private var form: DecayForm?

  public init(layerDecay: [Float] = [], decayForm: DecayForm = .perUnit, firstLayerL1: Float = 0) {
    precondition(
      (layerDecay + [firstLayerL1]).allSatisfy { $0 >= 0 && $0.isFinite },
      "coefficients must be finite and not negative, got \(layerDecay) and \(firstLayerL1)")
    self.layerDecay = layerDecay
    self.firstLayerL1 = firstLayerL1
    self.decayForm = decayForm
  }

  /// The penalty of one parameter array.
  struct Term: Equatable {
    let parameter: Int
    /// λ_l / k_l or λ_l / 2
    let square: Double
    let absolute: Double

    /// Sum of the penalty over an array.
    func value(_ weights: UnsafeBufferPointer<Double>) -> Double {
      weights.reduce(0) { $0 + square * $1 * $1 + absolute * abs($1) }
    }

    func slope(at weight: Double) -> Double {
      2 * square * weight + (weight == 0 ? 0 : weight > 0 ? absolute : -absolute)
    }
  }

  /// - Throws: ``NetworkError/wrongDecayCount(expected:found:)``
  func terms(of graph: Graph, frozen: Set<Int>) throws -> [Term] {
    let layers = graph.nodes.indices.filter { node in
      !frozen.contains(node) && graph.nodes[node].parameters.contains { graph.parameters[$0].role == .weight }
    }
    guard layerDecay.count <= 1 || layerDecay.count == layers.count else {
      throw NetworkError.wrongDecayCount(expected: layers.count, found: layerDecay.count)
    }
    return layers.enumerated().flatMap { order, node in
      let decay = Double(layerDecay.isEmpty ? 0 : layerDecay[layerDecay.count == 1 ? 0 : order])
      return graph.nodes[node].parameters.compactMap { parameter -> Term? in
        let isWeight = graph.parameters[parameter].role == .weight
        let square: Double =
          switch decayForm {
          case .perUnit: isWeight ? decay / Double(graph.parameters[parameter].shape[0]) : 0
          case .half: decay / 2
          }
        let absolute = isWeight && order == 0 ? Double(firstLayerL1) : 0
        return square == 0 && absolute == 0
          ? nil : Term(parameter: parameter, square: square, absolute: absolute)
      }
    }
  }
}

extension TrainingConfiguration {
  /// Positions of the nodes excluded from training.
  ///
  /// - Throws: ``NetworkError/unknownLayer(_:known:)`` for a name that is not that of a layer with parameters.
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
