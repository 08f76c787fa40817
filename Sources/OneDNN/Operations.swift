import COneDNN

/// One factory per operation. Gradients take the forward description: oneDNN derives workspaces from it.
extension PrimitiveDescription {
  private static func purpose(_ training: Bool) -> dnnl_prop_kind_t {
    training ? dnnl_forward_training : dnnl_forward_inference
  }

  public static func convolution(
    _ device: Device, keepsForGradient: Bool, source: MemoryDescription, weights: MemoryDescription,
    bias: MemoryDescription?, destination: MemoryDescription, window: Window, activation: Activation?
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("convolution", activation: activation) { out, attributes in
      onednn_convolution_forward(
        &out, device.handle, purpose(keepsForGradient), source.handle, weights.handle, bias?.handle,
        destination.handle, window.raw, attributes)
    }
  }

  public static func convolutionSourceGradient(
    _ device: Device, sourceGradient: MemoryDescription, weights: MemoryDescription,
    destinationGradient: MemoryDescription, window: Window, forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("convolution, gradient of its input") { out, attributes in
      onednn_convolution_backward_data(
        &out, device.handle, sourceGradient.handle, weights.handle, destinationGradient.handle, window.raw,
        forward.handle, attributes)
    }
  }

  public static func convolutionWeightsGradient(
    _ device: Device, source: MemoryDescription, weightsGradient: MemoryDescription,
    biasGradient: MemoryDescription?, destinationGradient: MemoryDescription, window: Window,
    forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("convolution, gradient of its weights") { out, attributes in
      onednn_convolution_backward_weights(
        &out, device.handle, source.handle, weightsGradient.handle, biasGradient?.handle,
        destinationGradient.handle, window.raw, forward.handle, attributes)
    }
  }

  public static func innerProduct(
    _ device: Device, keepsForGradient: Bool, source: MemoryDescription, weights: MemoryDescription,
    bias: MemoryDescription?, destination: MemoryDescription, activation: Activation?
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("inner product", activation: activation) { out, attributes in
      onednn_inner_product_forward(
        &out, device.handle, purpose(keepsForGradient), source.handle, weights.handle, bias?.handle,
        destination.handle, attributes)
    }
  }

  public static func innerProductSourceGradient(
    _ device: Device, sourceGradient: MemoryDescription, weights: MemoryDescription,
    destinationGradient: MemoryDescription, forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("inner product, gradient of its input") { out, attributes in
      onednn_inner_product_backward_data(
        &out, device.handle, sourceGradient.handle, weights.handle, destinationGradient.handle,
        forward.handle, attributes)
    }
  }

  public static func innerProductWeightsGradient(
    _ device: Device, source: MemoryDescription, weightsGradient: MemoryDescription,
    biasGradient: MemoryDescription?, destinationGradient: MemoryDescription, forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("inner product, gradient of its weights") { out, attributes in
      onednn_inner_product_backward_weights(
        &out, device.handle, source.handle, weightsGradient.handle, biasGradient?.handle,
        destinationGradient.handle, forward.handle, attributes)
    }
  }

  public static func pooling(
    _ device: Device, kind: PoolingKind, keepsForGradient: Bool, source: MemoryDescription,
    destination: MemoryDescription, window: Window
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("pooling") { out, attributes in
      onednn_pooling_forward(
        &out, device.handle, purpose(keepsForGradient), kind.algorithm, source.handle, destination.handle,
        window.raw, attributes)
    }
  }

  public static func poolingGradient(
    _ device: Device, kind: PoolingKind, sourceGradient: MemoryDescription,
    destinationGradient: MemoryDescription, window: Window, forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("pooling, gradient") { out, attributes in
      onednn_pooling_backward(
        &out, device.handle, kind.algorithm, sourceGradient.handle, destinationGradient.handle, window.raw,
        forward.handle, attributes)
    }
  }

  public static func activation(
    _ device: Device, _ activation: Activation, keepsForGradient: Bool, data: MemoryDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("activation") { out, attributes in
      onednn_elementwise_forward(
        &out, device.handle, purpose(keepsForGradient), activation.algorithm, data.handle, attributes)
    }
  }

  public static func activationGradient(
    _ device: Device, _ activation: Activation, data: MemoryDescription, gradient: MemoryDescription,
    forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("activation, gradient") { out, attributes in
      onednn_elementwise_backward(
        &out, device.handle, activation.algorithm, data.handle, gradient.handle, forward.handle, attributes)
    }
  }

  /// - Parameter fixedStatistics: Mean and variance are given (inference); otherwise they are of the batch.
  public static func batchNormalization(
    _ device: Device, keepsForGradient: Bool, fixedStatistics: Bool, data: MemoryDescription, epsilon: Float
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("batch normalization") { out, attributes in
      onednn_batch_normalization_forward(
        &out, device.handle, purpose(keepsForGradient), data.handle, epsilon,
        normalizationFlags(fixedStatistics), attributes)
    }
  }

  /// Computes the gradients of scale and shift too: version 2 has no implementation without them.
  public static func batchNormalizationGradient(
    _ device: Device, fixedStatistics: Bool, data: MemoryDescription, gradient: MemoryDescription,
    epsilon: Float, forward: PrimitiveDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("batch normalization, gradient") { out, attributes in
      onednn_batch_normalization_backward(
        &out, device.handle, dnnl_backward, data.handle, gradient.handle, epsilon,
        normalizationFlags(fixedStatistics), forward.handle, attributes)
    }
  }

  private static func normalizationFlags(_ fixedStatistics: Bool) -> UInt32 {
    let own = dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
    return UInt32(fixedStatistics ? own | dnnl_use_global_stats.rawValue : own)
  }

  /// Elementwise sum of two arrays.
  public static func sum(
    _ device: Device, first: MemoryDescription, second: MemoryDescription, destination: MemoryDescription,
    activation: Activation?
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("sum", activation: activation) { out, attributes in
      onednn_binary(
        &out, device.handle, dnnl_binary_add, first.handle, second.handle, destination.handle, attributes)
    }
  }

  /// Copies from one layout to another.
  public static func reorder(
    _ device: Device, from source: MemoryDescription, to destination: MemoryDescription
  ) throws -> PrimitiveDescription {
    try PrimitiveDescription("reorder") { out, attributes in
      onednn_reorder(&out, device.handle, source.handle, destination.handle, attributes)
    }
  }
}
