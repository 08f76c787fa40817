import CKernels
import OneDNN

/// A linear layer that reads vectors, done by the engine's own matrix products.
///
/// Its batches are too small for rearranging the operands of a general product to pay off: here weights are always
/// stored as the product reads them. `Sources/CKernels/include/linear.h` has the equations.
struct LinearProduct: Equatable {
  let inputs: Int
  let outputs: Int

  /// Nil if the layer reads maps; oneDNN reads those in their stored layout.
  init?(_ graph: Graph, node position: Int) {
    let node = graph.nodes[position]
    guard case .linear = node.layer else { return nil }
    let source = graph.storedExtents(of: node.inputs[0])
    guard source.count == 1 else { return nil }
    (inputs, outputs) = (source[0], node.shape[0])
  }

  private var extents: linear_extents { linear_extents(inputs: Int32(inputs), outputs: Int32(outputs)) }

  /// Home layout of weights `[outputs, inputs]`.
  var layout: MemoryDescription { get throws { try .panelsOfSixteen([outputs, inputs]) } }

  /// Floats of scratch memory that a call needs.
  func scratchCount(images: Int) -> Int { linear_scratch_count(extents, Int32(images)) }

  var transposedCount: Int { linear_transposed_count(extents) }

  func transpose(_ weights: UnsafePointer<Float>, to transposed: UnsafeMutablePointer<Float>) {
    linear_transpose_weights(extents, weights, transposed)
  }

  func run(
    images: Int, source: Memory, weights: Memory, bias: Memory?, rectifies: Bool, result: Memory,
    scratch: UnsafeMutablePointer<Float>
  ) {
    linear_forward(
      extents, Int32(images), source.floats, weights.floats, bias?.floats, rectifies ? 1 : 0, result.floats,
      scratch)
  }

  func runWeightsGradient(
    images: Int, source: Memory, resultGradient: Memory, weightsGradient: Memory, biasGradient: Memory?,
    scratch: UnsafeMutablePointer<Float>
  ) {
    linear_weights_gradient(
      extents, Int32(images), source.floats, resultGradient.floats, weightsGradient.floats,
      biasGradient?.floats, scratch)
  }

  func runSourceGradient(
    images: Int, resultGradient: Memory, transposed: Memory, sourceGradient: Memory,
    scratch: UnsafeMutablePointer<Float>
  ) {
    linear_source_gradient(
      extents, Int32(images), resultGradient.floats, transposed.floats, sourceGradient.floats, scratch)
  }
}

extension PlanBuilder {
  func lowerLinear(_ position: Int, _ product: LinearProduct, _ source: Value) throws -> Value {
    let node = graph.nodes[position]
    let training = trains(position)
    let images = microBatch
    let weightIndex = node.parameters.lowerBound
    let hasBias = node.parameters.count == 2
    let sourceLayout = try MemoryDescription.plain([images, product.inputs])
    let result = Value(
      try allocate(.plain([images, product.outputs])), needsGradient: training || source.needsGradient)
    let (from, to) = (try converted(source.memory, to: sourceLayout), result.memory)
    let weights = try store.memory(of: weightIndex, as: product.layout)
    let bias = hasBias ? store.home(of: weightIndex + 1) : nil
    let rectifies = fusedActivation(after: position) == .relu
    let scratchCount = product.scratchCount(images: images)
    emit("linear", scratch: scratchCount) { _, scratch in
      product.run(
        images: images, source: from, weights: weights, bias: bias, rectifies: rectifies, result: to,
        scratch: scratch)
    }

    onGradient { [self] in
      guard let gradient = result.gradient else { return }
      if training, let parameterGradients {
        let home = try store.gradient(of: weightIndex, in: parameterGradients)
        let layout = try product.layout
        let weightsGradient = home.description == layout ? home : try allocate(layout)
        let biasGradient = hasBias ? try store.gradient(of: weightIndex + 1, in: parameterGradients) : nil
        func form(_ gradient: Memory) throws {
          emit("linear, gradient of its weights", scratch: scratchCount) { _, scratch in
            product.runWeightsGradient(
              images: images, source: from, resultGradient: gradient, weightsGradient: weightsGradient,
              biasGradient: biasGradient, scratch: scratch)
          }
          if weightsGradient !== home { try copy(weightsGradient, to: home) }
        }
        if let clipping {
          try clipLinear(
            product, clipping, source: from, gradient: gradient, hasBias: hasBias, form: form)
        } else {
          try form(gradient)
        }
      }
      guard source.needsGradient else { return }
      let transposed = try store.transposedWeights(of: weightIndex, for: product)
      try contribute(to: source, in: sourceLayout) { target in
        emit("linear, gradient of its input", scratch: scratchCount) { _, scratch in
          product.runSourceGradient(
            images: images, resultGradient: gradient, transposed: transposed, sourceGradient: target,
            scratch: scratch)
        }
      }
    }
    return result
  }
}
