import Networks
import Tensors

extension Network {
  /// The network up to its feature layer, as one whose logits are the features: so an ``Engine`` that runs it gives
  /// φ(x) and Jᵀu, J = ∂φ/∂x, whereas one for the whole network gives logits and their gradients.
  ///
  ///     logits(x) = I φ(x)
  ///
  /// An identity linear layer is appended, because a graph needs a readout; it changes no bit of a feature. Layers that
  /// the feature layer does not depend on are omitted.
  ///
  /// - Returns: `nil` where the pixels themselves are the features.
  public var features: Network? {
    guard let last = graph.featureLayer else { return nil }
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    isNeeded[last] = true
    for position in stride(from: last, through: 0, by: -1) where isNeeded[position] {
      for input in graph.nodes[position].inputs.compactMap(\.self) { isNeeded[input] = true }
    }
    let kept = (0...last).filter { isNeeded[$0] }.map { graph.nodes[$0] }
    let width = graph.nodes[last].shape.reduce(1, *)
    var readout = "features"
    while kept.contains(where: { $0.name == readout }) { readout += "'" }
    let architecture = Architecture(
      name: "\(graph.architecture.name), features", input: inputShape,
      nodes: kept.map { node in
        Architecture.Node(
          node.name, node.layer,
          inputs: node.inputs.map { $0.map { graph.nodes[$0].name } ?? Architecture.inputName })
      } + [.init(readout, .linear(outputs: width, bias: false), inputs: [graph.nodes[last].name])])
    var identity = Tensor(shape: [width, width])
    for index in 0..<width { identity.elements[index * width + index] = 1 }
    do {
      return try Network(
        graph: Graph(architecture), parameters: kept.flatMap { parameters[$0.parameters] } + [identity])
    } catch {
      preconditionFailure("a part of a network is none: \(error)")
    }
  }
}
