/// The side of its activation on which a layer is read.
public enum ActivationReading: String, CaseIterable, Codable, Sendable {
  /// Input of the activation.
  case pre
  /// Output of the activation.
  case post
}

/// A layer whose values can be looked at as features.
public struct ReadableLayer: Codable, Equatable, Sendable {
  /// The node's name; `input` for the pixels.
  public let name: String
  /// Its position in `Graph.nodes`; nil for the pixels.
  public let position: Int?
  /// The shape for one image: `[channels, height, width]` or `[length]`.
  public let shape: [Int]
  /// Number of units if each map is pooled to one.
  public let unitCount: Int
  /// Nil for a layer that is not next to an activation: pixels, pooled maps, logits, sums inside a block.
  public let activation: ActivationReading?
}

extension Graph {
  /// The pixels and every layer with values of its own, in the order of the nodes.
  ///
  /// Excluded are nodes that pass on their input: normalisation, dropout, and flatten, which only renumbers. Those with
  /// `activation == .post`, or with `.pre`, are the network's activations from the first to the last.
  public var readableLayers: [ReadableLayer] {
    let input = architecture.input
    let pixels = ReadableLayer(
      name: Architecture.inputName, position: nil, shape: [input.channels, input.height, input.width],
      unitCount: input.pixelCount, activation: nil)
    return [pixels]
      + nodes.indices.compactMap { position in
        let node = nodes[position]
        switch node.layer {
        case .normalise, .dropout, .flatten: return nil
        default: break
        }
        let activation: ActivationReading? = ActivationReading.allCases.first {
          self.position($0, of: position) == position
        }
        return ReadableLayer(
          name: node.name, position: position, shape: node.shape,
          unitCount: unitCount(at: position, pooling: .mean), activation: activation)
      }
  }

  /// The node on the given side of a layer's activation.
  ///
  /// A layer's activation is the only reader of its result, past batch normalization, dropout and flatten; an
  /// activation is its own, and that of the dropout or flatten after it. In `conv ► norm ► relu` all three have `norm`
  /// before the activation and `relu` after it.
  ///
  /// - Returns: Nil where the layer has no activation of its own, such as pooled maps and logits.
  public func position(_ side: ActivationReading, of position: Int) -> Int? {
    guard let activation = activation(of: position) else { return nil }
    switch side {
    case .pre: return nodes[activation].inputs[0].flatMap(sourceOfValues)
    case .post: return activation
    }
  }

  /// Position of a layer's activation.
  private func activation(of position: Int) -> Int? {
    switch nodes[position].layer {
    case .relu, .sigmoid, .tanh: return position
    case .dropout, .flatten:
      guard let source = sourceOfValues(position) else { return nil }
      return nodes[source].layer.activation == nil ? activationAhead(of: position) : source
    case .convolution, .linear, .batchNorm, .add: return activationAhead(of: position)
    case .normalise, .maxPool, .averagePool, .globalAveragePool, .topK, .maxout, .rbf: return nil
    }
  }

  /// The activation that is the node's only reader, past elementwise layers.
  private func activationAhead(of position: Int) -> Int? {
    let readers = readers(of: position)
    guard readers.count == 1 else { return nil }
    switch nodes[readers[0]].layer {
    case .relu, .sigmoid, .tanh: return readers[0]
    case .batchNorm, .dropout, .flatten: return activationAhead(of: readers[0])
    default: return nil
    }
  }

  /// The node that these values come from: past dropout and flatten. Nil for the pixels, normalised or not.
  private func sourceOfValues(_ position: Int) -> Int? {
    switch nodes[position].layer {
    case .dropout, .flatten: nodes[position].inputs[0].flatMap(sourceOfValues)
    case .normalise: nil
    default: position
    }
  }
}
