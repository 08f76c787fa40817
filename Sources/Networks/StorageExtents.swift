/// How a node's result for one image is stored in memory.
///
/// Flattening costs nothing when only linear layers read the result: they read the maps directly. So a flattened node
/// may still be stored as maps.
extension Graph {
  /// `[channels, height, width]` or `[length]`; nil for the images.
  func storedExtents(of position: Int?) -> [Int] {
    guard let position else {
      let input = architecture.input
      return [input.channels, input.height, input.width]
    }
    let node = nodes[position]
    switch node.layer {
    case .flatten: return flattenIsView(position) ? storedExtents(of: node.inputs[0]) : node.shape
    case .normalise, .relu, .sigmoid, .tanh, .batchNorm, .dropout, .add:
      return storedExtents(of: node.inputs[0])
    case .convolution, .linear, .maxPool, .averagePool, .globalAveragePool, .topK, .maxout, .rbf:
      return node.shape
    }
  }

  /// Whether all readers of the flattened node, directly or past elementwise layers, are linear.
  ///
  /// Pixels already are a vector, and are faster as one.
  func flattenIsView(_ position: Int) -> Bool {
    !readsPixels(position) && onlyLinearLayersRead(position)
  }

  private func readsPixels(_ position: Int) -> Bool {
    guard let source = nodes[position].inputs[0] else { return true }
    switch nodes[source].layer {
    case .normalise, .flatten: return readsPixels(source)
    default: return false
    }
  }

  private func onlyLinearLayersRead(_ position: Int) -> Bool {
    nodes.indices.allSatisfy { next in
      guard nodes[next].inputs.contains(position) else { return true }
      switch nodes[next].layer {
      case .linear: return true
      case .relu, .sigmoid, .tanh, .dropout, .flatten: return onlyLinearLayersRead(next)
      default: return false
      }
    }
  }

  /// Positions of the nodes that read the given one.
  func readers(of position: Int?) -> [Int] {
    nodes.indices.filter { nodes[$0].inputs.contains(position) }
  }

  /// Extents that oneDNN requires for a parameter; the order of its elements in a row-major array is the same.
  func storedExtents(ofParameter index: Int) -> [Int] {
    let parameter = parameters[index]
    guard parameter.role == .weight, let position = nodes.firstIndex(where: { $0.parameters.contains(index) })
    else { return parameter.shape }
    switch nodes[position].layer {
    case .convolution(let c) where c.groups > 1:
      return [c.groups, c.outputChannels / c.groups] + parameter.shape.dropFirst()
    case .linear:
      return [parameter.shape[0]] + storedExtents(of: nodes[position].inputs[0])
    default: return parameter.shape
    }
  }
}
