import OneDNN

/// `y = γ (x − μ) / √(σ² + epsilon) + β` per channel.
///
/// In training μ and σ² are of the micro-batch, and running = (1 − momentum) · running + momentum · batch; everywhere
/// else they are the running ones. Ioffe, Szegedy (2015). <https://arxiv.org/abs/1502.03167>
///
/// Parameters: γ, β, running μ and running σ², each `[channels]`.
public struct BatchNormalization: LayerKind {
  public let epsilon: Float
  public let momentum: Float

  static let word = "batchNorm"
  static let keys: [SettingKey] = [.epsilon, .momentum]

  init(epsilon: Float, momentum: Float) {
    self.epsilon = epsilon
    self.momentum = momentum
  }

  init(from settings: LayerSettings) throws {
    epsilon = try settings.value(.epsilon, default: 1e-5)
    momentum = try settings.value(.momentum, default: 0.1)
  }

  func write(to settings: inout LayerSettingsWriter) throws {
    try settings.write(epsilon, as: .epsilon)
    try settings.write(momentum, as: .momentum)
  }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    guard epsilon > 0, (0...1).contains(momentum) else {
      throw ShapeProblem("epsilon must be positive and momentum in 0…1")
    }
    return inputs[0]
  }

  func parameters(of node: String, input: [Int]) -> [Parameter] {
    let shape = [input[0]]
    return [
      Parameter(name: "\(node).weight", role: .scale, shape: shape, start: .constant(1)),
      Parameter(name: "\(node).bias", role: .shift, shape: shape, start: .constant(0)),
      Parameter(name: "\(node).running_mean", role: .runningMean, shape: shape, start: .constant(0)),
      Parameter(name: "\(node).running_var", role: .runningVariance, shape: shape, start: .constant(1)),
    ]
  }

  var entersActivation: Bool { true }
  var standsBeforeActivation: Bool { true }
  var weightsBefore: WeightsBefore { .asBehind }
  var influence: TrainingInfluence? { .otherImages(words: "batch normalization") }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double {
    let (scale, shift, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3])
    return scale.indices.map { channel in
      let deviation = (Double(variance[channel]) + Double(epsilon)).squareRoot()
      let reach = inputs[0] + Double(abs(mean[channel]))
      return ValueBound.product(Double(abs(scale[channel])) / deviation, reach) + Double(abs(shift[channel]))
    }.max() ?? 0
  }

  /// max |γ_c| / √(σ²_c + ε)
  func lipschitzBound(input: [Int], parameters: [[Double]]) -> Double? {
    zip(parameters[0], parameters[3]).map { abs($0) / ($1 + Double(epsilon)).squareRoot() }.max()
  }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    try plan.lowerBatchNorm(position, self, sources[0])
  }

  var mayBeOverwritten: Bool { true }

  func storedExtents(in graph: Graph, at position: Int) -> [Int] {
    graph.storedExtents(of: graph.nodes[position].inputs[0])
  }
}

extension PlanBuilder {
  fileprivate func lowerBatchNorm(
    _ position: Int, _ layer: BatchNormalization, _ source: Value
  ) throws -> Value {
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
          node: position, momentum: layer.momentum, mean: mean.floats, variance: variance.floats,
          count: microBatch * graph.storedExtents(of: position).dropFirst().reduce(1, *)))
    }
    let description = try PrimitiveDescription.batchNormalization(
      device, keepsForGradient: purpose.needsGradients, fixedStatistics: !training, data: layout,
      epsilon: layer.epsilon)
    let result = Value(try allocate(layout), needsGradient: training || source.needsGradient)
    let common: [(Primitive.Argument, Memory)] = [
      (.source, source.memory), (.mean, mean), (.variance, variance), (.scale, scale), (.shift, shift),
    ]
    emit(description, common + [(.destination, result.memory)])

    if result.needsGradient {
      onGradient { [self] in
        guard let gradient = result.gradient else { return }
        let gradientDescription = try PrimitiveDescription.batchNormalizationGradient(
          device, fixedStatistics: !training, data: layout, gradient: layout, epsilon: layer.epsilon,
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

extension SettingKey {
  fileprivate static let epsilon = SettingKey("epsilon", alias: "eps")
  fileprivate static let momentum = SettingKey("momentum")
}

extension Layer {
  public static func batchNorm(epsilon: Float, momentum: Float) -> Layer {
    Layer(BatchNormalization(epsilon: epsilon, momentum: momentum))
  }

  /// Its settings, if it is this kind of layer.
  public var batchNorm: BatchNormalization? { definition as? BatchNormalization }
}
