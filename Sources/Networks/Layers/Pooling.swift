import OneDNN

/// A window that moves over each map by itself; what ``MaxPool`` and ``AveragePool`` share.
public struct Pooling: Equatable, Sendable {
  public var kernel: Extent
  public var stride: Extent
  public var padding: Extent

  public init(kernel: Extent, stride: Extent, padding: Extent = 0) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  var window: Window {
    Window(
      kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width),
      paddingBefore: (padding.height, padding.width), paddingAfter: (padding.height, padding.width))
  }

  /// o = ⌈k₁/s₁⌉ ⌈k₂/s₂⌉, the number of windows that can contain a pixel.
  var overlap: Double {
    func windows(_ kernel: Int, _ stride: Int) -> Int { (kernel + stride - 1) / stride }
    return Double(windows(kernel.height, stride.height) * windows(kernel.width, stride.width))
  }
}

/// A pooling with a window.
protocol PoolingLayer: LayerKind {
  var pooling: Pooling { get }
  init(_ pooling: Pooling)
}

extension PoolingLayer {
  static var keys: [SettingKey] { [.kernel, .stride, .padding] }

  init(from settings: LayerSettings) throws {
    let kernel: Extent = try settings.value(.kernel)
    self.init(
      Pooling(
        kernel: kernel, stride: try settings.value(.stride, default: kernel),
        padding: try settings.value(.padding, default: 0)))
  }

  func write(to settings: inout LayerSettingsWriter) throws {
    try settings.write(pooling.kernel, as: .kernel)
    try settings.write(pooling.stride, as: .stride)
    try settings.write(pooling.padding, as: .padding)
  }

  func shape(of inputs: [[Int]]) throws(ShapeProblem) -> [Int] {
    let (channels, height, width) = try maps(inputs[0])
    let (kernel, stride, padding) = (pooling.kernel, pooling.stride, pooling.padding)
    try Extent.check(kernel: kernel, stride: stride, padding: padding)
    guard padding.height * 2 <= kernel.height, padding.width * 2 <= kernel.width else {
      throw ShapeProblem("padding may be at most half of the kernel")
    }
    return try [channels]
      + Extent.places(reach: kernel, stride: stride, padding: padding, height: height, width: width)
  }

  var weightsBefore: WeightsBefore { .asBehind }
  var mayBeOverwritten: Bool { true }

  func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] }
}

extension PlanBuilder {
  func lowerPooling(
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
}
