import OneDNN

/// A layer whose result is a sum of products with weights, by one operation of oneDNN: convolution and linear.
protocol WeightedLayer: LayerKind {
  func operation(_ operands: WeightedOperands, on device: Device) throws -> WeightedOperation
}

/// What a weighted operation reads and writes, with layouts chosen freely, and what is wanted of it.
struct WeightedOperands {
  let source: MemoryDescription
  let weights: MemoryDescription
  let bias: MemoryDescription?
  let destination: MemoryDescription
  let activation: Elementwise?
  let givesSourceGradient: Bool
  let givesWeightsGradient: Bool

  var keepsForGradient: Bool { givesSourceGradient || givesWeightsGradient }
}

/// The oneDNN operations of a convolution or a linear layer at one micro-batch size, with layouts chosen freely.
struct WeightedOperation {
  let forward: PrimitiveDescription
  let sourceGradient: PrimitiveDescription?
  let weightsGradient: PrimitiveDescription?
}

extension WeightedOperation {
  /// That of a node, whose layer must be a ``WeightedLayer``.
  init(
    _ graph: Graph, node position: Int, microBatch: Int, activation: Elementwise?, givesSourceGradient: Bool,
    givesWeightsGradient: Bool, on device: Device
  ) throws {
    let node = graph.nodes[position]
    guard let layer = node.layer.definition as? any WeightedLayer else {
      preconditionFailure("\(node.name) has no weights")
    }
    self = try layer.operation(
      WeightedOperands(
        source: .any([microBatch] + graph.storedExtents(of: node.inputs[0])),
        weights: .any(graph.storedExtents(ofParameter: node.parameters.lowerBound)),
        bias: node.parameters.count == 2 ? .plain([node.shape[0]]) : nil,
        destination: .any([microBatch] + node.shape), activation: activation,
        givesSourceGradient: givesSourceGradient, givesWeightsGradient: givesWeightsGradient),
      on: device)
  }
}

extension WeightedLayer {
  /// The layout in which oneDNN computes the gradient of the weights.
  func weightedHomeLayouts(_ graph: Graph, at position: Int, microBatch: Int, on device: Device) throws
    -> [Int: MemoryDescription]
  {
    let operation = try WeightedOperation(
      graph, node: position, microBatch: microBatch, activation: nil, givesSourceGradient: false,
      givesWeightsGradient: true, on: device)
    guard let layout = try operation.weightsGradient?.weightsGradient else { return [:] }
    return [graph.nodes[position].parameters.lowerBound: layout]
  }
}

extension PlanBuilder {
  /// Lowers a weighted layer to oneDNN's operations.
  ///
  /// - Parameter narrow: Computes the gradient of the input instead, where there is one.
  func lowerWeighted(_ position: Int, _ source: Value, narrow: NarrowConvolution? = nil) throws -> Value {
    let node = graph.nodes[position]
    let training = trains(position)
    let operation = try WeightedOperation(
      graph, node: position, microBatch: microBatch, activation: fusedActivation(after: position),
      givesSourceGradient: purpose.needsGradients && source.needsGradient && narrow == nil,
      givesWeightsGradient: training,
      on: device)
    let weightIndex = node.parameters.lowerBound
    let bias = node.parameters.count == 2 ? store.home(of: weightIndex + 1) : nil

    let result = Value(
      try allocate(operation.forward.destination), needsGradient: training || source.needsGradient)
    var operands: [(Primitive.Argument, Memory)] = [
      (.source, try converted(source.memory, to: operation.forward.source)),
      (.weights, try store.memory(of: weightIndex, as: operation.forward.weights)),
      (.destination, result.memory),
    ]
    if let bias { operands.append((.bias, bias)) }
    emit(operation.forward, operands)

    onGradient { [self] in
      guard let gradient = result.gradient else { return }
      if let description = operation.weightsGradient, let parameterGradients {
        let home = try store.gradient(of: weightIndex, in: parameterGradients)
        let direct = try description.weightsGradient == home.description
        let weightsGradient = direct ? home : try allocate(description.weightsGradient)
        var operands: [(Primitive.Argument, Memory)] = [
          (.source, try converted(source.memory, to: description.source)),
          (.destinationGradient, try converted(gradient, to: description.destinationGradient)),
          (.weightsGradient, weightsGradient),
        ]
        if bias != nil {
          operands.append((.biasGradient, try store.gradient(of: weightIndex + 1, in: parameterGradients)))
        }
        emit(description, operands)
        if !direct { try copy(weightsGradient, to: home) }
      }
      if let narrow { try lowerSourceGradient(position, narrow, source, gradient) }
      if let description = operation.sourceGradient {
        let arriving = try converted(gradient, to: description.destinationGradient)
        let weights = try store.memory(of: weightIndex, as: description.weights)
        try contribute(to: source, in: description.sourceGradient) { target in
          emit(
            description, [(.destinationGradient, arriving), (.weights, weights), (.sourceGradient, target)])
        }
      }
    }
    return result
  }
}
