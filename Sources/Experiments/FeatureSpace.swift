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
    let extents = shape.map(String.init).joined(separator: "×")
    if layer == Architecture.inputName { return "layer \(layer) (\(extents) pixels)" }
    let units = shape.count == 3 ? "\(unitCount) units in maps of \(extents)" : "\(unitCount) units"
    return "layer \(layer) (\(units), \(stage))"
  }

  /// How a unit's number follows from its place in a map; nil for a vector.
  public var numbering: String? {
    guard shape.count == 3 else { return nil }
    return "i = (channel · \(shape[1]) + row) · \(shape[2]) + column"
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
