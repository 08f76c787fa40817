import Networks

/// A layer whose values are looked at as features: its name, its units, and where its activation stands.
public struct FeatureSpace: Codable, Equatable, Sendable {
  /// The layer's name; `input` for the pixels.
  public let layer: String
  /// Of one image: `[length]`, or `[channels, height, width]` whose places are units one by one.
  public let shape: [Int]
  /// What the values are: "after ReLU", "before the activation", "logits", "pixels".
  public let stage: String

  public var unitCount: Int { shape.reduce(1, *) }

  /// - Parameter position: As `Graph.featurePosition(_:)` gives it; nil for the pixels.
  public init(of graph: Graph, at position: Int?) {
    let input = graph.architecture.input
    layer = position.map { graph.nodes[$0].name } ?? Architecture.inputName
    shape = position.map { graph.nodes[$0].shape } ?? [input.channels, input.height, input.width]
    stage = Self.stage(of: graph, at: position)
  }

  /// For captions: "layer relu3 (128 units, after ReLU)".
  public var words: String {
    let maps = shape.count == 3 ? "\(shape[0]) maps of \(shape[1])×\(shape[2]), each place a unit" : nil
    return "layer \(layer) (\(maps ?? "\(unitCount) units"), \(stage))"
  }

  private static func stage(of graph: Graph, at position: Int?) -> String {
    guard let position else { return "pixels" }
    let node = graph.nodes[position]
    switch node.layer {
    case .relu: return "after ReLU"
    case .sigmoid: return "after sigmoid"
    case .tanh: return "after tanh"
    case .normalise: return "normalised pixels"
    case .dropout, .flatten: return stage(of: graph, at: node.inputs[0])
    case .maxPool: return "max pool, \(stage(of: graph, at: node.inputs[0]))"
    case .averagePool: return "average pool, \(stage(of: graph, at: node.inputs[0]))"
    case .globalAveragePool: return "mean of each map, \(stage(of: graph, at: node.inputs[0]))"
    case .linear, .convolution, .batchNorm, .add:
      return position == graph.nodes.count - 1 ? "logits" : "before the activation"
    }
  }
}
