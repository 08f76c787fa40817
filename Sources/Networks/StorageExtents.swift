/// How a node's result for one image is stored in memory.
///
/// It need not be the node's shape: ``Flatten`` may leave maps as they are.
extension Graph {
  /// `[channels, height, width]` or `[length]`; nil for the images.
  func storedExtents(of position: Int?) -> [Int] {
    guard let position else {
      let input = architecture.input
      return [input.channels, input.height, input.width]
    }
    return nodes[position].layer.definition.storedExtents(in: self, at: position)
  }

  /// Positions of the nodes that read the given one.
  func readers(of position: Int?) -> [Int] {
    nodes.indices.filter { nodes[$0].inputs.contains(position) }
  }

  /// Extents that oneDNN requires for a parameter; the order of its elements in a row-major array is the same.
  func storedExtents(ofParameter index: Int) -> [Int] {
    let parameter = parameters[index]
    guard let node = nodes.first(where: { $0.parameters.contains(index) }) else { return parameter.shape }
    return node.layer.definition.storedExtents(of: parameter, input: storedExtents(of: node.inputs[0]))
  }
}
