import OneDNN
import Tensors

/// The parameters of one network while plans use them.
///
/// Trained parameters are in one contiguous buffer, each in its home layout, so that the optimizer is one pass. An
/// operation that needs another layout gets a copy, updated by `refresh`.
///
/// `@unchecked Sendable`: plans of all workers read it at the same time; it is written only between barriers,
/// each worker its own share.
final class ParameterStore: @unchecked Sendable {
  let graph: Graph
  let device: Device
  /// Trained parameters, including the zero padding of blocked layouts.
  let trained: Buffer
  private let homes: [Memory]
  private let offsets: [Int]
  private var copies: [Copy] = []

  /// A copy that an operation reads instead of the parameter itself.
  private struct Copy {
    enum Form: Equatable {
      case layout(MemoryDescription)
      case winograd(WinogradConvolution, isTurned: Bool)
      case transposed(LinearProduct)
    }
    let parameter: Int
    let form: Form
    let memory: Memory
    let refresh: (Stream) throws -> Void
  }

  /// - Parameter layouts: Home layouts that are not row-major, by parameter index.
  init(of network: Network, layouts: [Int: MemoryDescription] = [:], on device: Device) throws {
    graph = network.graph
    self.device = device
    var offsets: [Int] = []
    var descriptions: [MemoryDescription] = []
    var trainedCount = 0
    var keptCount = 0
    for (index, parameter) in graph.parameters.enumerated() {
      let description = try layouts[index] ?? .plain(graph.storedExtents(ofParameter: index))
      descriptions.append(description)
      let length = (description.storageCount + 15) / 16 * 16  // every parameter starts on a cache line
      if parameter.isTrained {
        offsets.append(trainedCount)
        trainedCount += length
      } else {
        offsets.append(keptCount)
        keptCount += length
      }
    }
    let trained = try Buffer(count: trainedCount, on: device)
    let kept = try Buffer(count: keptCount, on: device)
    self.trained = trained
    self.offsets = offsets
    homes = try network.graph.parameters.enumerated().map { index, parameter in
      try Memory(
        descriptions[index], in: parameter.isTrained ? trained : kept, offset: offsets[index], on: device)
    }
    for (index, tensor) in network.parameters.enumerated() {
      try write(tensor, to: homes[index], parameter: index)
    }
  }

  /// The location of a parameter's gradient in a buffer laid out like `trained`.
  func gradient(of parameter: Int, in buffer: Buffer) throws -> Memory {
    try Memory(homes[parameter].description, in: buffer, offset: offsets[parameter], on: device)
  }

  func home(of parameter: Int) -> Memory { homes[parameter] }

  /// The location of a trained parameter in `trained`, padding of its layout included.
  func range(of parameter: Int) -> Range<Int> {
    offsets[parameter]..<offsets[parameter] + homes[parameter].description.storageCount
  }

  /// The parameter in the given layout: an up-to-date copy, unless that is its home layout.
  ///
  /// Not for concurrent use.
  func memory(of parameter: Int, as description: MemoryDescription) throws -> Memory {
    let home = homes[parameter]
    if home.description == description { return home }
    return try copy(of: parameter, as: .layout(description)) {
      let memory = try Memory(description, on: device)
      let reorder = try self.reorder(from: home, to: memory)
      return (memory, { try reorder.execute(on: $0) })
    }
  }

  /// The kernel of a convolution, transformed for Winograd's algorithm; always up to date.
  ///
  /// - Parameter isTurned: Whether for the gradient of the input.
  ///
  /// Not for concurrent use.
  func transformedKernel(of parameter: Int, for convolution: WinogradConvolution, isTurned: Bool) throws
    -> Memory
  {
    let layout = try MemoryDescription.outputsLast(graph.storedExtents(ofParameter: parameter))
    return try derived(
      from: parameter, in: layout, as: .winograd(convolution, isTurned: isTurned),
      count: convolution.transformedCount
    ) { convolution.transform($0, isTurned: isTurned, to: $1) }
  }

  /// The weights of a linear layer in the layout for the gradient of its input; always up to date.
  ///
  /// Not for concurrent use.
  func transposedWeights(of parameter: Int, for product: LinearProduct) throws -> Memory {
    try derived(
      from: parameter, in: product.layout, as: .transposed(product), count: product.transposedCount
    ) { product.transpose($0, to: $1) }
  }

  /// A copy in a layout that oneDNN does not know: `count` floats, computed from the parameter in the given layout.
  private func derived(
    from parameter: Int, in layout: MemoryDescription, as form: Copy.Form, count: Int,
    _ compute: @escaping (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) throws -> Memory {
    try copy(of: parameter, as: form) {
      let home = homes[parameter]
      let weights = home.description == layout ? home : try Memory(layout, on: device)
      let reorder = weights === home ? nil : try self.reorder(from: home, to: weights)
      let memory = try Memory(.plain([count]), on: device)
      return (
        memory,
        { stream in
          try reorder?.execute(on: stream)
          compute(weights.floats, memory.floats)
        }
      )
    }
  }

  private func copy(
    of parameter: Int, as form: Copy.Form,
    _ make: () throws -> (memory: Memory, refresh: (Stream) throws -> Void)
  ) throws -> Memory {
    if let known = copies.first(where: { $0.parameter == parameter && $0.form == form }) {
      return known.memory
    }
    let (memory, refresh) = try make()
    if !device.onlyReckons { try refresh(Stream(on: device)) }
    copies.append(Copy(parameter: parameter, form: form, memory: memory, refresh: refresh))
    return memory
  }

  var hasCopies: Bool { !copies.isEmpty }

  /// Updates a worker's share of the copies.
  func refresh(share: Int, of shareCount: Int, on stream: Stream) throws {
    for index in stride(from: share, to: copies.count, by: shareCount) {
      try copies[index].refresh(stream)
    }
  }

  /// The values in PyTorch's shapes.
  func tensors() throws -> [Tensor] {
    try graph.parameters.indices.map { try tensor(of: homes[$0], parameter: $0) }
  }

  /// An array laid out like a parameter (an optimizer's moment, a gradient) in PyTorch's shape.
  func tensor(of memory: Memory, parameter: Int) throws -> Tensor {
    let plain = try Memory(.plain(graph.storedExtents(ofParameter: parameter)), on: device)
    try copy(memory, to: plain)
    let shape = graph.parameters[parameter].shape
    return Tensor(
      shape: shape, elements: Array(UnsafeBufferPointer(start: plain.floats, count: shape.reduce(1, *))))
  }

  /// The reverse of ``tensor(of:parameter:)``.
  ///
  /// - Parameter tensor: Not evaluated on a device that only reckons.
  func write(_ tensor: @autoclosure () -> Tensor, to memory: Memory, parameter: Int) throws {
    let plain = try Memory(.plain(graph.storedExtents(ofParameter: parameter)), on: device)
    // Keeps the buffer of the copy alive until it is done, as on any device.
    guard !device.onlyReckons else { return try copy(plain, to: memory) }
    let tensor = tensor()
    precondition(
      tensor.shape == graph.parameters[parameter].shape, "shape of \(graph.parameters[parameter].name)")
    tensor.elements.withUnsafeBufferPointer {
      plain.floats.update(from: $0.baseAddress!, count: tensor.elements.count)
    }
    try copy(plain, to: memory)
  }

  private func copy(_ source: Memory, to destination: Memory) throws {
    try reorder(from: source, to: destination).execute(on: Stream(on: device))
  }

  private func reorder(from source: Memory, to destination: Memory) throws -> Primitive {
    let description = try PrimitiveDescription.reorder(
      device, from: source.description, to: destination.description)
    return try Primitive(
      description, [(.source, source), (.destination, destination)],
      scratchpad: Buffer(count: description.scratchpad.storageCount, on: device), on: device)
  }
}

extension ParameterStore {
  /// A worker's range of the trained buffer, cut at cache lines.
  func share(_ worker: Int, of workerCount: Int) -> Range<Int> {
    let lines = trained.count / 16
    return lines * worker / workerCount * 16..<lines * (worker + 1) / workerCount * 16
  }

  /// Moves the running mean and variance toward those of a micro-batch.
  ///
  ///     running ← (1 − momentum) · running + momentum · batch
  ///
  /// The variance that is kept is the unbiased one, n / (n − 1) times the batch's, as in PyTorch.
  func absorb(_ statistics: Plan.BatchStatistics) {
    let node = graph.nodes[statistics.node]
    guard case .batchNorm(_, let momentum) = node.layer else {
      preconditionFailure("\(node.name) keeps no statistics")
    }
    let mean = home(of: node.parameters.lowerBound + 2).floats
    let variance = home(of: node.parameters.lowerBound + 3).floats
    let unbiased = Float(statistics.count) / Float(max(statistics.count - 1, 1))
    for channel in 0..<graph.parameters[node.parameters.lowerBound].count {
      mean[channel] += momentum * (statistics.mean[channel] - mean[channel])
      variance[channel] += momentum * (unbiased * statistics.variance[channel] - variance[channel])
    }
  }
}

extension ParameterStore {
  /// The ranges of everything that is not frozen; padding of single layouts included.
  ///
  /// - Parameter frozen: Positions of nodes.
  func trainedRanges(frozen: Set<Int>) -> [Range<Int>] {
    graph.nodes.indices.filter { !frozen.contains($0) }.flatMap { graph.nodes[$0].parameters }
      .filter { graph.parameters[$0].isTrained }.map { range(of: $0) }
  }
}

extension Graph {
  /// Positions of the parameters that the optimizer changes.
  var trainedParameterPositions: [Int] { parameters.indices.filter { parameters[$0].isTrained } }
}
