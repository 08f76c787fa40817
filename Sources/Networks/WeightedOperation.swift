import OneDNN

/// The oneDNN operations of a convolution or a linear layer at one micro-batch size, with layouts chosen freely.
struct WeightedOperation {
  let forward: PrimitiveDescription
  let sourceGradient: PrimitiveDescription?
  let weightsGradient: PrimitiveDescription?

  init(
    _ graph: Graph, node position: Int, microBatch: Int, activation: PrimitiveDescription.Activation?,
    givesSourceGradient: Bool, givesWeightsGradient: Bool, on device: Device
  ) throws {
    let node = graph.nodes[position]
    let keeps = givesSourceGradient || givesWeightsGradient
    let source = try MemoryDescription.any([microBatch] + graph.storedExtents(of: node.inputs[0]))
    let destination = try MemoryDescription.any([microBatch] + node.shape)
    let weights = try MemoryDescription.any(graph.storedExtents(ofParameter: node.parameters.lowerBound))
    let bias = node.parameters.count == 2 ? try MemoryDescription.plain([node.shape[0]]) : nil

    switch node.layer {
    case .convolution(let convolution):
      let window = convolution.window
      let forward = try PrimitiveDescription.convolution(
        device, keepsForGradient: keeps, source: source, weights: weights, bias: bias,
        destination: destination, window: window, activation: activation)
      self.forward = forward
      sourceGradient =
        givesSourceGradient
        ? try .convolutionSourceGradient(
          device, sourceGradient: source, weights: weights, destinationGradient: destination, window: window,
          forward: forward) : nil
      weightsGradient =
        givesWeightsGradient
        ? try .convolutionWeightsGradient(
          device, source: source, weightsGradient: weights, biasGradient: bias,
          destinationGradient: destination, window: window, forward: forward) : nil
    case .linear:
      let forward = try PrimitiveDescription.innerProduct(
        device, keepsForGradient: keeps, source: source, weights: weights, bias: bias,
        destination: destination, activation: activation)
      self.forward = forward
      sourceGradient =
        givesSourceGradient
        ? try .innerProductSourceGradient(
          device, sourceGradient: source, weights: weights, destinationGradient: destination,
          forward: forward) : nil
      weightsGradient =
        givesWeightsGradient
        ? try .innerProductWeightsGradient(
          device, source: source, weightsGradient: weights, biasGradient: bias,
          destinationGradient: destination, forward: forward) : nil
    default: preconditionFailure("\(node.name) has no weights")
    }
  }
}

extension Convolution {
  var window: Window {
    Window(
      kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width),
      dilation: (dilation.height, dilation.width), paddingBefore: (padding.height, padding.width),
      paddingAfter: (padding.height, padding.width))
  }
}

extension Pooling {
  var window: Window {
    Window(
      kernel: (kernel.height, kernel.width), stride: (stride.height, stride.width),
      paddingBefore: (padding.height, padding.width), paddingAfter: (padding.height, padding.width))
  }
}
