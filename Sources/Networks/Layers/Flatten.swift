import OneDNN
import Tensors

/// Flattens maps to a vector in (channel, row, column) order.
///
/// It costs nothing when only linear layers read the result: they read the maps directly. So a flattened node may still
/// be stored as maps.
struct Flatten: SettingFreeLayer {
  static let word = "flatten"

  func shape(of inputs: [[Int]]) -> [Int] { [inputs[0].reduce(1, *)] }

  var passesOnValues: Bool { true }
  var isElementwise: Bool { true }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 1 }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    plan.graph.flattenIsView(position)
      ? sources[0]
      : try plan.lowerVector(
        sources[0], extents: plan.graph.storedExtents(of: plan.graph.nodes[position].inputs[0]))
  }

  func storedExtents(in graph: Graph, at position: Int) -> [Int] {
    let node = graph.nodes[position]
    return graph.flattenIsView(position) ? graph.storedExtents(of: node.inputs[0]) : node.shape
  }
}

extension Graph {
  /// Whether all readers of the flattened node, directly or past elementwise layers, are linear.
  ///
  /// Pixels already are a vector, and are faster as one.
  fileprivate func flattenIsView(_ position: Int) -> Bool {
    !readsPixels(position) && onlyLinearLayersRead(position)
  }

  private func readsPixels(_ position: Int) -> Bool {
    guard let source = nodes[position].inputs[0] else { return true }
    let layer = nodes[source].layer
    return layer.normalise != nil || layer == .flatten ? readsPixels(source) : false
  }

  private func onlyLinearLayersRead(_ position: Int) -> Bool {
    readers(of: position).allSatisfy { reader in
      let layer = nodes[reader].layer.definition
      return layer.readsMapsAsVector || layer.isElementwise && onlyLinearLayersRead(reader)
    }
  }
}

extension PlanBuilder {
  /// Maps as a vector per image, in (channel, row, column) order.
  func lowerVector(_ source: Value, extents: [Int]) throws -> Value {
    let maps = try MemoryDescription.plain([microBatch] + extents)
    let vector = try MemoryDescription.plain([microBatch, extents.reduce(1, *)])
    let plain = try converted(source.memory, to: maps)
    let result = Value(try plain.viewed(as: vector, on: device), needsGradient: source.needsGradient)
    if source.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        let seen = try gradient.viewed(as: maps, on: device)
        try contribute(to: source, in: source.memory.description) { try copy(seen, to: $0) }
      }
    }
    return result
  }
}

extension Layer {
  /// Flattens maps to a vector in (channel, row, column) order.
  public static var flatten: Layer { Layer(Flatten()) }
}
