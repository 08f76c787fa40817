import COneDNN

/// One operation with its operands, ready to run repeatedly without allocation.
public final class Primitive {
  public enum Argument {
    case source, secondSource, destination, weights, bias, workspace
    case mean, variance, scale, shift
    case sourceGradient, destinationGradient, weightsGradient, biasGradient, scaleGradient, shiftGradient

    var code: Int32 {
      switch self {
      case .source: DNNL_ARG_SRC
      case .secondSource: DNNL_ARG_SRC_1
      case .destination: DNNL_ARG_DST
      case .weights: DNNL_ARG_WEIGHTS
      case .bias: DNNL_ARG_BIAS
      case .workspace: DNNL_ARG_WORKSPACE
      case .mean: DNNL_ARG_MEAN
      case .variance: DNNL_ARG_VARIANCE
      case .scale: DNNL_ARG_SCALE
      case .shift: DNNL_ARG_SHIFT
      case .sourceGradient: DNNL_ARG_DIFF_SRC
      case .destinationGradient: DNNL_ARG_DIFF_DST
      case .weightsGradient: DNNL_ARG_DIFF_WEIGHTS
      case .biasGradient: DNNL_ARG_DIFF_BIAS
      case .scaleGradient: DNNL_ARG_DIFF_SCALE
      case .shiftGradient: DNNL_ARG_DIFF_SHIFT
      }
    }
  }

  /// Nil on a device that only reckons: creating a primitive generates code.
  private let handle: dnnl_primitive_t?
  private let arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>
  private let operands: [Memory]  // kept alive for the handles in `arguments`
  private let name: String

  /// - Parameter scratchpad: At least `description.scratchpad` floats; shared by primitives that never run at
  ///   the same time.
  public init(
    _ description: PrimitiveDescription, _ operands: [(Argument, Memory)], scratchpad: Buffer,
    on device: Device
  ) throws {
    var primitive: dnnl_primitive_t?
    if !device.onlyReckons {
      try check(description.name, dnnl_primitive_create(&primitive, description.handle))
    }
    handle = primitive
    name = description.name
    let scratch = try Memory(description.scratchpad, in: scratchpad, on: device)
    self.operands = operands.map(\.1) + [scratch]
    arguments = .allocate(capacity: operands.count + 1)
    for (index, (argument, memory)) in operands.enumerated() {
      arguments.initializeElement(at: index, to: dnnl_exec_arg_t(arg: argument.code, memory: memory.handle))
    }
    arguments.initializeElement(
      at: operands.count, to: dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratch.handle))
  }

  deinit {
    if let handle { dnnl_primitive_destroy(handle) }
    arguments.deallocate()
  }

  public func execute(on stream: Stream) throws {
    guard let handle else { return }
    try check(
      name, dnnl_primitive_execute(handle, stream.handle, Int32(arguments.count), arguments.baseAddress))
  }
}
