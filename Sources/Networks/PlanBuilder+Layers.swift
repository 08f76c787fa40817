import OneDNN
import Tensors

/// One lowering per layer: it emits the forward steps now, and the gradient's steps when requested.
extension PlanBuilder {
  func lower(_ position: Int) throws -> Value {
    let node = graph.nodes[position]
    let source = value(of: node.inputs[0])
    switch node.layer {
    case .normalise: return source  // done while the pixels are written
    case .convolution, .linear: return try lowerWeighted(position, source)
    case .maxPool(let pooling): return try lowerPooling(position, .maximum, pooling.window, source)
    case .averagePool(let pooling): return try lowerPooling(position, .average, pooling.window, source)
    case .globalAveragePool: return try lowerGlobalAveragePool(position, source)
    case .relu, .sigmoid, .tanh: return try lowerActivation(position, node.layer.activation!, source)
    case .batchNorm(let epsilon, _): return try lowerBatchNorm(position, epsilon, source)
    case .dropout(let rate): return try lowerDropout(position, rate, source)
    case .add: return try lowerAdd(position, source, value(of: node.inputs[1]))
    case .flatten:
      return graph.flattenIsView(position)
        ? source : try lowerVector(source, extents: graph.storedExtents(of: node.inputs[0]))
    case .topK(let count): return try lowerTopK(position, count: count, source)
    case .maxout(let pieces): return try lowerMaxout(position, pieces: pieces, source)
    case .rbf: return try lowerRBF(position, source)
    }
  }

  // MARK: Convolution and linear

  private func lowerWeighted(_ position: Int, _ source: Value) throws -> Value {
    if let convolution = WinogradConvolution(graph, node: position) {
      return try lowerWinograd(position, convolution, source)
    }
    if let product = LinearProduct(graph, node: position) {
      return try lowerLinear(position, product, source)
    }
    let node = graph.nodes[position]
    let training = trains(position)
    let narrow =
      purpose == .imageGradient && source.needsGradient ? NarrowConvolution(graph, node: position) : nil
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

  // MARK: Pooling

  private func lowerPooling(
    _ position: Int, _ kind: PrimitiveDescription.PoolingKind, _ window: Window, _ source: Value
  ) throws -> Value {
    let node = graph.nodes[position]
    let channels = graph.storedExtents(of: node.inputs[0])[0]
    let extents = node.shape.count == 3 ? node.shape : [channels, 1, 1]
    let keeps = purpose.needsGradients && source.needsGradient
    let description = try PrimitiveDescription.pooling(
      device, kind: kind, keepsForGradient: keeps, source: source.memory.description,
      destination: .any([microBatch] + extents), window: window)
    let result = Value(try allocate(description.destination), needsGradient: source.needsGradient)
    // Index of the largest element of each window.
    let workspace = keeps && kind == .maximum ? try allocate(description.workspace) : nil
    let kept = workspace.map { [(Primitive.Argument.workspace, $0)] } ?? []
    emit(description, [(.source, source.memory), (.destination, result.memory)] + kept)

    if keeps {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        let gradientDescription = try PrimitiveDescription.poolingGradient(
          device, kind: kind, sourceGradient: source.memory.description,
          destinationGradient: result.memory.description, window: window, forward: description)
        try contribute(to: source, in: source.memory.description) { target in
          emit(gradientDescription, [(.destinationGradient, gradient), (.sourceGradient, target)] + kept)
        }
      }
    }
    return result
  }

  private func lowerGlobalAveragePool(_ position: Int, _ source: Value) throws -> Value {
    let extents = graph.storedExtents(of: graph.nodes[position].inputs[0])
    let whole = Window(
      kernel: (extents[1], extents[2]), stride: (1, 1), paddingBefore: (0, 0), paddingAfter: (0, 0))
    return try lowerVector(try lowerPooling(position, .average, whole, source), extents: [extents[0], 1, 1])
  }

  /// Maps as a vector per image, in (channel, row, column) order.
  private func lowerVector(_ source: Value, extents: [Int]) throws -> Value {
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

  // MARK: Elementwise

  private func lowerActivation(
    _ position: Int, _ activation: PrimitiveDescription.Activation, _ source: Value
  ) throws -> Value {
    let input = graph.nodes[position].inputs[0]
    // Already applied where the source was stored; or applied in place, if nothing else reads the source.
    let isFused =
      input.map { graph.nodes[$0].layer.fusesActivation && fusedActivation(after: $0) != nil } ?? false
    let inPlace = isFused || (input.map { mayOverwrite($0) } ?? false)
    let result =
      inPlace
      ? source
      : Value(try allocate(source.memory.description), needsGradient: source.needsGradient)
    let description = try PrimitiveDescription.activation(
      device, activation, keepsForGradient: purpose.needsGradients, data: result.memory.description)
    if !isFused { emit(description, [(.source, source.memory), (.destination, result.memory)]) }

    if result.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        let layout = result.memory.description
        let gradientDescription = try PrimitiveDescription.activationGradient(
          device, activation, data: layout, gradient: layout, forward: description)
        let operands: [(Primitive.Argument, Memory)] = [
          (.destination, result.memory), (.destinationGradient, gradient),
        ]
        if inPlace {
          emit(gradientDescription, operands + [(.sourceGradient, gradient)])
        } else {
          try contribute(to: source, in: layout) {
            emit(gradientDescription, operands + [(.sourceGradient, $0)])
          }
        }
      }
    }
    return result
  }

  /// Whether a node's result may be overwritten by its activation: one reader, and its gradient does not need the
  /// result.
  private func mayOverwrite(_ position: Int) -> Bool {
    guard purpose != .output(node: position), graph.readers(of: position).count == 1 else { return false }
    switch graph.nodes[position].layer {
    case .convolution, .linear, .batchNorm, .add, .averagePool, .maxPool, .topK, .maxout, .rbf: return true
    case .normalise, .globalAveragePool, .relu, .sigmoid, .tanh, .dropout, .flatten: return false
    }
  }

  private func lowerDropout(_ position: Int, _ rate: Float, _ source: Value) throws -> Value {
    guard purpose == .training, rate > 0 else { return source }
    let count = source.memory.description.storageCount
    let mask = try allocate(source.memory.description).floats
    let result = Value(try allocate(source.memory.description), needsGradient: source.needsGradient)
    let (from, to) = (source.memory.floats, result.memory.floats)
    let scale = 1 / (1 - rate)
    emit(
      "dropout",
      computing: { run, _ in
        var generator = SeededGenerator(
          seed: run.seed, stream: RandomStream.dropout(step: run.step, slot: run.slot, node: position))
        for index in 0..<count { mask[index] = Float(generator.uniform()) < rate ? 0 : scale }
        for index in 0..<count { to[index] = from[index] * mask[index] }
      })
    if source.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient?.floats else { return }
        try contribute(to: source, in: source.memory.description) { target in
          let target = target.floats
          emit("dropout, gradient") { _, _ in
            for index in 0..<count { target[index] = gradient[index] * mask[index] }
          }
        }
      }
    }
    return result
  }

  private func lowerAdd(_ position: Int, _ first: Value, _ second: Value) throws -> Value {
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

  // MARK: Batch normalization

  private func lowerBatchNorm(_ position: Int, _ epsilon: Float, _ source: Value) throws -> Value {
    let node = graph.nodes[position]
    let training = trains(position)
    let layout = source.memory.description
    let first = node.parameters.lowerBound
    let (scale, shift) = (store.home(of: first), store.home(of: first + 1))
    let channels = graph.parameters[first].count
    let mean = training ? try allocate(.plain([channels])) : store.home(of: first + 2)
    let variance = training ? try allocate(.plain([channels])) : store.home(of: first + 3)
    if training {
      batchStatistics.append(
        Plan.BatchStatistics(
          node: position, mean: mean.floats, variance: variance.floats,
          count: microBatch * graph.storedExtents(of: position).dropFirst().reduce(1, *)))
    }
    let description = try PrimitiveDescription.batchNormalization(
      device, keepsForGradient: purpose.needsGradients, fixedStatistics: !training, data: layout,
      epsilon: epsilon)
    let result = Value(try allocate(layout), needsGradient: training || source.needsGradient)
    let common: [(Primitive.Argument, Memory)] = [
      (.source, source.memory), (.mean, mean), (.variance, variance), (.scale, scale), (.shift, shift),
    ]
    emit(description, common + [(.destination, result.memory)])

    if result.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        let gradientDescription = try PrimitiveDescription.batchNormalizationGradient(
          device, fixedStatistics: !training, data: layout, gradient: layout, epsilon: epsilon,
          forward: description)
        let ownGradients = try (first...first + 1).map { parameter in
          try parameterGradients.map { try store.gradient(of: parameter, in: $0) }
            ?? allocate(scale.description)
        }
        let operands =
          common + [
            (.destinationGradient, gradient), (.scaleGradient, ownGradients[0]),
            (.shiftGradient, ownGradients[1]),
          ]
        if source.needsGradient {
          try contribute(to: source, in: layout) {
            emit(gradientDescription, operands + [(.sourceGradient, $0)])
          }
        } else {
          emit(gradientDescription, operands + [(.sourceGradient, try allocate(layout))])
        }
      }
    }
    return result
  }
}

extension Layer {
  /// Whether its operation can apply an activation as it stores the result.
  var fusesActivation: Bool {
    switch self {
    case .convolution, .linear, .add: true
    default: false
    }
  }
}
