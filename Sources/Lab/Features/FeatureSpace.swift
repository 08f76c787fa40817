import Networks
import Poisoning
import Tensors

/// A layer whose values are looked at as features: its name, its units, and where its activation stands.
public struct FeatureSpace: Codable, Equatable, Sendable {
  /// The layer's name; `input` for the pixels.
  public let layer: String
  /// What the layer gives for one image: `[length]`, or `[channels, height, width]`.
  public let shape: [Int]
  /// What makes a unit of each map; `none` where the layer has no maps, or each place is a unit.
  public let pooling: MapPooling
  /// What the values are: "after ReLU", "before the activation", "logits", "pixels".
  public let stage: String

  public var unitCount: Int { pooling == .none ? shape.reduce(1, *) : shape[0] }

  /// - Parameters:
  ///   - position: As `Graph.featurePosition(_:activation:)` gives it; nil for the pixels.
  ///   - pooling: Of maps, where there are any.
  public init(of graph: Graph, at position: Int?, pooling: MapPooling) {
    let input = graph.architecture.input
    layer = position.map { graph.nodes[$0].name } ?? Architecture.inputName
    shape = position.map { graph.nodes[$0].shape } ?? [input.channels, input.height, input.width]
    self.pooling = graph.applicable(pooling, at: position)
    stage = Self.stage(of: graph, at: position)
  }

  /// For captions: "layer relu3 (128 units, after ReLU)".
  public var words: String {
    let extents = shape.map(String.init).joined(separator: "×")
    if layer == Architecture.inputName { return "layer \(layer) (\(extents) pixels)" }
    let units =
      switch (shape.count, pooling) {
      case (3, .none): "\(unitCount) units in maps of \(extents)"
      case (3, .mean): "\(unitCount) units, each the mean of a \(shape[1])×\(shape[2]) map"
      case (3, .max): "\(unitCount) units, each the maximum of a \(shape[1])×\(shape[2]) map"
      case (3, .centre): "\(unitCount) units, each the centre of a \(shape[1])×\(shape[2]) map"
      default: "\(unitCount) units"
      }
    return "layer \(layer) (\(units), \(stage))"
  }

  /// How a unit's number follows from its place in a map; nil for a vector.
  public var numbering: String? {
    guard shape.count == 3, pooling == .none else { return nil }
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
    case .topK(let count): return "largest \(count), \(stage(of: graph, at: node.inputs[0]))"
    case .maxout(let pieces): return "largest of \(pieces) pieces"
    case .linear, .convolution, .batchNorm, .add, .rbf:
      return position == graph.nodes.count - 1 ? "logits" : "before the activation"
    }
  }
}

extension FeatureSpace: Checked {
  public func check() throws(CheckFailure) {
    try require(!shape.isEmpty && shape.allSatisfy { $0 > 0 }, "shape", "\(shape) is no shape of a layer")
    try require(
      shape.reduce(1.0) { $0 * Double($1) } <= 1e12, "shape", "\(shape) is beyond the shape of any layer")
  }
}
