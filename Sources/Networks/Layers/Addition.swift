import OneDNN

/// Sum of two nodes of the same shape.
struct Addition: SettingFreeLayer {
  static let word = "add"

  var inputCount: Int { 2 }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    guard inputs[0] == inputs[1] else {
      throw ShapeProblem("adds shapes \(inputs[0]) and \(inputs[1]), which differ")
    }
    return inputs[0]
  }

  var entersActivation: Bool { true }
  var weightsBefore: WeightsBefore { .asBehind }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs.reduce(0, +) }
  /// 1: it adds its branches' bounds.
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? { 1 }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerAdd(position, sources[0], sources[1])
  }

  func fuses(_ activation: Elementwise, in graph: Graph, at position: Int) -> Bool { true }
  var mayBeOverwritten: Bool { true }

  func storedExtents(in graph: Graph, at position: Int) -> [Int] {
    graph.storedExtents(of: graph.nodes[position].inputs[0])
  }
}

extension PlanBuilder {
  fileprivate func lowerAdd(_ position: Int, _ first: Value, _ second: Value) throws -> Value {
    let layout = first.memory.description
    let result = Value(try allocate(layout), needsGradient: first.needsGradient || second.needsGradient)
    emit(
      try .sum(
        device, first: layout, second: layout, destination: layout,
        activation: fusedActivation(after: position)),
      [
        (.source, first.memory), (.secondSource, try converted(second.memory, to: layout)),
        (.destination, result.memory),
      ])
    onGradient { [self] in
      guard let gradient = result.gradient else { return }
      // The second gets a copy before the first may take over the storage and change it.
      if second.needsGradient {
        try contribute(to: second, in: second.memory.description) { try copy(gradient, to: $0) }
      }
      guard first.needsGradient else { return }
      if first.gradient == nil {
        first.gradient = gradient
      } else {
        try contribute(to: first, in: layout) { try copy(gradient, to: $0) }
      }
    }
    return result
  }
}

extension Layer {
  /// Sum of two nodes of the same shape.
  public static var add: Layer { Layer(Addition()) }
}
