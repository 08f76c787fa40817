import OneDNN
import Tensors

/// Lowers a graph to operations, layer by layer, and then its gradient in the reverse order.
///
/// Each layer's lowering appends its forward steps and leaves a closure that will append its backward steps.
final class PlanBuilder {
  /// The result of a node: where it is and, once a reader has added to it, where ∂loss/∂result is.
  final class Value {
    let memory: Memory
    /// Whether a gradient must reach it.
    let needsGradient: Bool
    var gradient: Memory?

    init(_ memory: Memory, needsGradient: Bool) {
      self.memory = memory
      self.needsGradient = needsGradient
    }
  }

  /// A step whose primitive is made once the largest scratchpad is known.
  enum Step {
    case operation(PrimitiveDescription, [(Primitive.Argument, Memory)])
    /// Work of our own, with this many floats of scratch space.
    case compute(String, scratch: Int, (Plan.Run, UnsafeMutablePointer<Float>) -> Void)

    var name: String {
      switch self {
      case .operation(let description, _): description.name
      case .compute(let name, _, _): name
      }
    }

    func bound(_ scratchpad: Buffer, _ device: Device) throws -> Plan.Step {
      switch self {
      case .operation(let description, let operands):
        .primitive(try Primitive(description, operands, scratchpad: scratchpad, on: device))
      case .compute(_, _, let body): .compute { body($0, scratchpad.floats) }
      }
    }
  }

  let graph: Graph
  let store: ParameterStore
  let device: Device
  let microBatch: Int
  let purpose: Purpose
  /// Laid out like the store's trained parameters; training plans write their gradients here.
  let parameterGradients: Buffer?
  /// Positions of nodes excluded from training: no gradient is computed for them.
  let frozen: Set<Int>
  /// Clips the gradient of each image; nil: gradients are those of the summed loss.
  let clipping: ExampleClipping?

  private(set) var forward: [Step] = []
  private(set) var backward: [Step] = []
  private(set) var memories: [Memory] = []
  let input: Value
  private(set) var output: Memory
  private(set) var outputLength = 0
  private(set) var outputGradient: Memory?
  private(set) var inputGradient: Memory?
  var batchStatistics: [Plan.BatchStatistics] = []
  let watch: NodeWatch?

  private var values: [Value?]
  private var gradientLowerings: [() throws -> Void] = []
  private var emitsBackward = false
  private var conversions: [(from: Memory, to: Memory)] = []

  init(
    _ graph: Graph, purpose: Purpose, microBatch: Int, store: ParameterStore,
    parameterGradients: Buffer? = nil, frozen: Set<Int> = [],
    sparsity: (position: Int, Sparsity)? = nil, clipping: ExampleClipping? = nil
  ) throws {
    self.graph = graph
    self.purpose = purpose
    self.microBatch = microBatch
    self.store = store
    self.parameterGradients = parameterGradients
    self.frozen = frozen
    self.clipping = clipping
    device = store.device
    watch = purpose == .watched ? NodeWatch() : nil
    values = Array(repeating: nil, count: graph.nodes.count)
    let images = try Memory(.plain([microBatch] + graph.storedExtents(of: nil)), on: device)
    input = Value(images, needsGradient: purpose == .imageGradient)
    output = images
    memories = [images]

    let last = if case .output(let node) = purpose { node } else { graph.nodes.count - 1 }
    for position in needed(for: last) {
      let value = try lower(position)
      values[position] = value
      if let watch {
        let (memory, count) = (value.memory, value.memory.description.storageCount)
        emit("watch") { _, _ in
          watch.look(at: UnsafeBufferPointer(start: memory.floats, count: count), of: position)
        }
      }
      if let sparsity, sparsity.position == position { try lowerSparsity(position, sparsity.1) }
    }
    try exportOutput(of: last)
    if purpose.needsGradients { try lowerGradients(from: last) }
  }

  /// Floats of the largest scratchpad.
  var scratchpadCount: Int {
    get throws {
      try (forward + backward).reduce(0) { largest, step in
        switch step {
        case .operation(let description, _): max(largest, try description.scratchpad.storageCount)
        case .compute(_, let count, _): max(largest, count)
        }
      }
    }
  }

  /// The positions that `last` depends on, in order.
  private func needed(for last: Int) -> [Int] {
    var wanted: Set<Int> = [last]
    for position in (0...last).reversed() where wanted.contains(position) {
      wanted.formUnion(graph.nodes[position].inputs.compactMap(\.self))
    }
    return wanted.sorted()
  }

  // MARK: For the lowerings

  /// Whether this plan computes gradients of the node's parameters.
  func trains(_ position: Int) -> Bool { purpose == .training && !frozen.contains(position) }

  func value(of position: Int?) -> Value { position.map { values[$0]! } ?? input }

  func allocate(_ description: MemoryDescription) throws -> Memory {
    let memory = try Memory(description, on: device)
    memories.append(memory)
    return memory
  }

  /// Appends a step to the direction being lowered.
  func emit(_ step: Step) {
    if emitsBackward { backward.append(step) } else { forward.append(step) }
  }

  func emit(
    _ name: String, scratch: Int = 0,
    computing body: @escaping (Plan.Run, _ scratch: UnsafeMutablePointer<Float>) -> Void
  ) {
    emit(.compute(name, scratch: scratch, body))
  }

  func emit(_ description: PrimitiveDescription, _ operands: [(Primitive.Argument, Memory)]) {
    emit(.operation(description, operands))
  }

  /// The same values in another layout, copied once for all readers.
  func converted(_ memory: Memory, to description: MemoryDescription) throws -> Memory {
    if memory.description == description { return memory }
    if let known = conversions.first(where: { $0.from === memory && $0.to.description == description }) {
      return known.to
    }
    let target = try allocate(description)
    try copy(memory, to: target)
    // A gradient's storage is written again later in the same pass, so only forward copies stay valid.
    if !emitsBackward { conversions.append((memory, target)) }
    return target
  }

  func copy(_ source: Memory, to target: Memory) throws {
    emit(
      try .reorder(device, from: source.description, to: target.description),
      [(.source, source), (.destination, target)])
  }

  /// Registers what to emit for the layer's gradient; run in the reverse order of registration.
  func onGradient(_ lowering: @escaping () throws -> Void) {
    if purpose.needsGradients { gradientLowerings.append(lowering) }
  }

  /// Adds a reader's contribution to a value's gradient.
  ///
  /// - Parameters:
  ///   - description: The layout in which `write` will produce the contribution.
  ///   - write: Emits the step that writes it into the given memory.
  func contribute(
    to value: Value, in description: MemoryDescription, _ write: (Memory) throws -> Void
  ) throws {
    let home = value.memory.description
    if value.gradient == nil, description == home {
      let gradient = try allocate(home)
      value.gradient = gradient
      try write(gradient)
      return
    }
    let contribution = try allocate(description)
    try write(contribution)
    let aligned = try converted(contribution, to: home)
    guard let gradient = value.gradient else {
      value.gradient = aligned
      return
    }
    emit(
      try .sum(device, first: home, second: home, destination: home, activation: nil),
      [(.source, gradient), (.secondSource, aligned), (.destination, gradient)])
  }

  /// The activation that is a node's only reader, if it can be applied while the node's result is stored.
  func fusedActivation(after position: Int) -> PrimitiveDescription.Activation? {
    if purpose == .output(node: position) || purpose == .watched { return nil }
    let readers = graph.readers(of: position)
    guard readers.count == 1, position != graph.nodes.count - 1 else { return nil }
    let activation = graph.nodes[readers[0]].layer.activation
    let isOurs =
      WinogradConvolution(graph, node: position) != nil || LinearProduct(graph, node: position) != nil
    return isOurs && activation != .relu ? nil : activation
  }

  // MARK: Ends

  private func exportOutput(of last: Int) throws {
    let value = value(of: last)
    outputLength = graph.nodes[last].shape.reduce(1, *)
    let plain = try MemoryDescription.plain([microBatch] + graph.storedExtents(of: last))
    output = try converted(value.memory, to: plain)
  }

  private func lowerGradients(from last: Int) throws {
    emitsBackward = true
    if let clipping { emit("lengths of gradients set to zero") { _, _ in clipping.start() } }
    let value = value(of: last)
    let plain = try allocate(.plain([microBatch] + graph.storedExtents(of: last)))
    outputGradient = plain
    value.gradient = try converted(plain, to: value.memory.description)
    let lowerings = gradientLowerings
    // They hold the builder, and with it every buffer.
    gradientLowerings = []
    for lowering in lowerings.reversed() { try lowering() }
    if let clipping { try concludeClipping(clipping) }
    if purpose == .imageGradient {
      guard let gradient = input.gradient else { preconditionFailure("no gradient reached the images") }
      inputGradient = try converted(gradient, to: input.memory.description)
    }
  }
}

extension Layer {
  var activation: PrimitiveDescription.Activation? {
    switch self {
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    default: nil
    }
  }
}
