/// What the values of a layer are called in captions.
enum FeatureStage {
  /// In words of their own: "after ReLU".
  case words(String)
  /// Something done to the values that the layer reads: "max pool", of which comes "max pool, after ReLU".
  case pooled(String)
  /// As the values that the layer reads.
  case asRead
  /// Sums, or scores: the logits if the layer is the last, otherwise what enters an activation.
  case raw
}

extension Graph {
  /// What the values of a node are: "after ReLU", "before the activation", "logits", "max pool, after tanh", "pixels".
  ///
  /// - Parameter position: nil for the images.
  public func stage(of position: Int?) -> String {
    guard let position else { return "pixels" }
    let node = nodes[position]
    switch node.layer.definition.stage {
    case .words(let words): return words
    case .pooled(let words): return "\(words), \(stage(of: node.inputs[0]))"
    case .asRead: return stage(of: node.inputs[0])
    case .raw: return position == nodes.count - 1 ? "logits" : "before the activation"
    }
  }
}
