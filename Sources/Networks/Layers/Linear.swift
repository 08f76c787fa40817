import OneDNN

/// `y = W x + b`, W `[outputs, inputs]`. Maps are read in (channel, row, column) order.
///
/// ``LinearProduct`` computes it where it reads vectors; oneDNN reads maps in their stored layout.
public struct Linear: LayerKind {
  public let outputs: Int
  public let bias: Bool

  static let word = "linear"
  static let keys: [SettingKey] = [.outputs, .bias]

  init(outputs: Int, bias: Bool) {
    self.outputs = outputs
    self.bias = bias
  }

  init(from settings: LayerSettings) throws {
    outputs = try settings.value(.outputs)
    bias = try settings.value(.bias, default: true)
  }

  func write(to settings: inout LayerSettingsWriter) throws {
    try settings.write(outputs, as: .outputs)
    try settings.write(bias, as: .bias)
  }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    guard outputs > 0 else { throw ShapeProblem("outputs must be positive, got \(outputs)") }
    return [outputs]
  }

  func parameters(of node: String, input: [Int]) -> [Parameter] {
    let weight = Parameter(
      name: "\(node).weight", role: .weight, shape: [outputs, input.reduce(1, *)], start: .asBehind)
    guard bias else { return [weight] }
    return [weight, Parameter(name: "\(node).bias", role: .bias, shape: [outputs], start: .constant(0))]
  }

  var isReadout: Bool { true }
  var entersActivation: Bool { true }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double {
    ValueBound.ofProduct(inputs[0], parameters, outputs: outputs)
  }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    if let product = LinearProduct(plan.graph, node: position) {
      return try plan.lowerLinear(position, product, sources[0])
    }
    return try plan.lowerWeighted(position, sources[0])
  }

  func fuses(_ activation: Elementwise, in graph: Graph, at position: Int) -> Bool {
    activation == .relu || LinearProduct(graph, node: position) == nil
  }

  var mayBeOverwritten: Bool { true }
  var readsMapsAsVector: Bool { true }

  func storedExtents(of parameter: Parameter, input: [Int]) -> [Int] {
    parameter.role == .weight ? [parameter.shape[0]] + input : parameter.shape
  }

  func homeLayouts(_ graph: Graph, at position: Int, microBatch: Int, on device: Device) throws
    -> [Int: MemoryDescription]
  {
    if let product = LinearProduct(graph, node: position) {
      return [graph.nodes[position].parameters.lowerBound: try product.layout]
    }
    return try weightedHomeLayouts(graph, at: position, microBatch: microBatch, on: device)
  }
}

extension Linear: WeightedLayer {
  func operation(_ operands: WeightedOperands, on device: Device) throws -> WeightedOperation {
    let (source, weights, bias, destination) = (
      operands.source, operands.weights, operands.bias, operands.destination
    )
    let forward = try PrimitiveDescription.innerProduct(
      device, keepsForGradient: operands.keepsForGradient, source: source, weights: weights, bias: bias,
      destination: destination, activation: operands.activation)
    return WeightedOperation(
      forward: forward,
      sourceGradient: operands.givesSourceGradient
        ? try .innerProductSourceGradient(
          device, sourceGradient: source, weights: weights, destinationGradient: destination,
          forward: forward) : nil,
      weightsGradient: operands.givesWeightsGradient
        ? try .innerProductWeightsGradient(
          device, source: source, weightsGradient: weights, biasGradient: bias,
          destinationGradient: destination, forward: forward) : nil)
  }
}

extension Layer {
  /// `y = W x + b`.
  public static func linear(outputs: Int, bias: Bool) -> Layer { Layer(Linear(outputs: outputs, bias: bias)) }

  /// Its settings, if it is this kind of layer.
  public var linear: Linear? { definition as? Linear }
}
