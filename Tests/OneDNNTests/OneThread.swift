import OneDNN

/// What a test needs to run primitives: all of it belongs to the thread that the test runs on.
struct OneThread {
  let device: Device
  let stream: Stream

  init() throws {
    Device.useOneThreadHere()
    device = try Device()
    stream = try Stream(on: device)
  }

  /// Row-major memory with the given values.
  func memory(_ extents: [Int], _ values: [Float]) throws -> Memory {
    let memory = try Memory(.plain(extents), on: device)
    precondition(memory.description.storageCount == values.count, "\(values.count) values for \(extents)")
    memory.floats.update(from: values, count: values.count)
    return memory
  }

  func bind(
    _ description: PrimitiveDescription, _ operands: [(Primitive.Argument, Memory)]
  ) throws -> Primitive {
    try Primitive(
      description, operands, scratchpad: Buffer(count: description.scratchpad.storageCount, on: device),
      on: device)
  }

  /// A dense 3×3 convolution with every layout left to oneDNN.
  func freeConvolution(_ channels: Int, to outputChannels: Int) throws -> PrimitiveDescription {
    try .convolution(
      device, keepsForGradient: false, source: .any([2, channels, 6, 6]),
      weights: .any([outputChannels, channels, 3, 3]), bias: nil,
      destination: .any([2, outputChannels, 4, 4]),
      window: Window(kernel: (3, 3), stride: (1, 1), paddingBefore: (0, 0), paddingAfter: (0, 0)),
      activation: nil)
  }
}

extension Memory {
  /// Everything that is stored, padding of blocked layouts included.
  var storage: [Float] { Array(UnsafeBufferPointer(start: floats, count: description.storageCount)) }
}
