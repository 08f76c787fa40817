import OneDNN

/// Two-dimensional convolution (a cross-correlation, as everywhere in the field).
///
///     y_o(p) = b_o + Σ_c Σ_k W_oc(k) x_c(stride · p + dilation · k − padding)
///
/// Weights are `[outputChannels, inputChannels / groups, kernel height, kernel width]`. ``WinogradConvolution`` and
/// ``NarrowConvolution`` compute it where they are faster than oneDNN.
public struct Convolution: Equatable, Sendable {
  public var outputChannels: Int
  public var kernel: Extent
  public var stride: Extent
  /// Zeros added on each side.
  public var padding: Extent
  /// Distance between neighbouring kernel elements: 1 is dense.
  public var dilation: Extent
  public var groups: Int
  public var bias: Bool

  public init(
    outputChannels: Int, kernel: Extent, stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1,
    groups: Int = 1, bias: Bool = true
  ) {
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.bias = bias
  }
}

extension Convolution: LayerKind {
  static let word = "conv2d"
  static let keys: [SettingKey] = [
    .outputChannels, .kernel, .stride, .padding, .dilation, .groups, .bias,
  ]

  init(from settings: LayerSettings) throws {
    self.init(
      outputChannels: try settings.value(.outputChannels), kernel: try settings.value(.kernel),
      stride: try settings.value(.stride, default: 1), padding: try settings.value(.padding, default: 0),
      dilation: try settings.value(.dilation, default: 1), groups: try settings.value(.groups, default: 1),
      bias: try settings.value(.bias, default: true))
  }

  func write(to settings: inout LayerSettingsWriter) throws {
    try settings.write(outputChannels, as: .outputChannels)
    try settings.write(kernel, as: .kernel)
    try settings.write(stride, as: .stride)
    try settings.write(padding, as: .padding)
    try settings.write(dilation, as: .dilation)
    try settings.write(groups, as: .groups)
    try settings.write(bias, as: .bias)
  }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    let (channels, height, width) = try maps(inputs[0])
    guard outputChannels > 0, groups > 0, channels % groups == 0, outputChannels % groups == 0 else {
      throw ShapeProblem(
        "\(channels) input and \(outputChannels) output channels do not divide into \(groups) groups")
    }
    try Extent.check(kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    let reach = Extent(
      height: (kernel.height - 1) * dilation.height + 1, width: (kernel.width - 1) * dilation.width + 1)
    return try [outputChannels]
      + Extent.places(reach: reach, stride: stride, padding: padding, height: height, width: width)
  }

  func parameters(of node: String, input: [Int]) -> [Parameter] {
    let weight = Parameter(
      name: "\(node).weight", role: .weight,
      shape: [outputChannels, input[0] / groups, kernel.height, kernel.width], start: .asBehind)
    guard bias else { return [weight] }
    return [
      weight, Parameter(name: "\(node).bias", role: .bias, shape: [outputChannels], start: .constant(0)),
    ]
  }

  var entersActivation: Bool { true }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double {
    ValueBound.ofProduct(inputs[0], parameters, outputs: outputChannels)
  }

  func lower(_ position: Int, _ sources: [PlanBuilder.Value], in plan: PlanBuilder) throws
    -> PlanBuilder.Value
  {
    if let winograd = WinogradConvolution(plan.graph, node: position) {
      return try plan.lowerWinograd(position, winograd, sources[0])
    }
    let narrow =
      plan.purpose == .imageGradient && sources[0].needsGradient
      ? NarrowConvolution(plan.graph, node: position) : nil
    return try plan.lowerWeighted(position, sources[0], narrow: narrow)
  }

  func fuses(_ activation: Elementwise, in graph: Graph, at position: Int) -> Bool {
    activation == .relu || WinogradConvolution(graph, node: position) == nil
  }

  var mayBeOverwritten: Bool { true }

  func storedExtents(of parameter: Parameter, input: [Int]) -> [Int] {
    parameter.role == .weight && groups > 1
      ? [groups, outputChannels / groups] + parameter.shape.dropFirst() : parameter.shape
  }

  func homeLayouts(_ graph: Graph, at position: Int, microBatch: Int, on device: Device) throws
    -> [Int: MemoryDescription]
  {
    let weight = graph.nodes[position].parameters.lowerBound
    if WinogradConvolution(graph, node: position) != nil {
      return [weight: try .outputsLast(graph.storedExtents(ofParameter: weight))]
    }
    return try weightedHomeLayouts(graph, at: position, microBatch: microBatch, on: device)
  }
}

extension Convolution: WeightedLayer {
  func operation(_ operands: WeightedOperands, on device: Device) throws -> WeightedOperation {
    let (source, weights, bias, destination) = (
      operands.source, operands.weights, operands.bias, operands.destination
    )
    let window = Window(
      kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width),
      dilation: (dilation.height, dilation.width), paddingBefore: (padding.height, padding.width),
      paddingAfter: (padding.height, padding.width))
    let forward = try PrimitiveDescription.convolution(
      device, keepsForGradient: operands.keepsForGradient, source: source, weights: weights, bias: bias,
      destination: destination, window: window, activation: operands.activation)
    return WeightedOperation(
      forward: forward,
      sourceGradient: operands.givesSourceGradient
        ? try .convolutionSourceGradient(
          device, sourceGradient: source, weights: weights, destinationGradient: destination, window: window,
          forward: forward) : nil,
      weightsGradient: operands.givesWeightsGradient
        ? try .convolutionWeightsGradient(
          device, source: source, weightsGradient: weights, biasGradient: bias,
          destinationGradient: destination, window: window, forward: forward) : nil)
  }
}

extension SettingKey {
  fileprivate static let outputChannels = SettingKey("outputChannels", alias: "out_channels")
  fileprivate static let dilation = SettingKey("dilation")
  fileprivate static let groups = SettingKey("groups")
}

extension Layer {
  public static func convolution(_ convolution: Convolution) -> Layer { Layer(convolution) }

  /// Its settings, if it is this kind of layer.
  public var convolution: Convolution? { definition as? Convolution }
}
