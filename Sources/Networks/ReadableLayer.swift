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
        if node.layer.passesOnValues || node.layer.normalise != nil { return nil }
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
    let layer = nodes[position].layer.definition
    if layer.isActivation { return position }
    if layer.passesOnValues {
      guard let source = sourceOfValues(position) else { return nil }
      return nodes[source].layer.definition.isActivation ? source : activationAhead(of: position)
    }
    return layer.entersActivation ? activationAhead(of: position) : nil
  }

  /// The activation that is the node's only reader, past elementwise layers.
  private func activationAhead(of position: Int) -> Int? {
    let readers = readers(of: position)
    guard readers.count == 1 else { return nil }
    let layer = nodes[readers[0]].layer.definition
    if layer.isActivation { return readers[0] }
    return layer.standsBeforeActivation ? activationAhead(of: readers[0]) : nil
  }

  /// The node that these values come from: past dropout and flatten. Nil for the pixels, normalised or not.
  private func sourceOfValues(_ position: Int) -> Int? {
    let layer = nodes[position].layer
    if layer.normalise != nil { return nil }
    return layer.passesOnValues ? nodes[position].inputs[0].flatMap(sourceOfValues) : position
  }
}
