import OneDNN
import Tensors
import Testing

@testable import Networks

@Suite struct ParameterStoreTests {
  private let network: Network
  private let device: Device
  private let layouts: [Int: MemoryDescription]

  /// Channel counts that no block size divides and some that it does; a grouped convolution; a linear layer that
  /// reads maps as they are.
  init() throws {
    Device.useOneThreadHere()
    let graph = try Graph(
      Architecture(
        name: "mixed", input: ImageShape(channels: 3, height: 12, width: 12),
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 20, kernel: 3, padding: 1))),
          .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)),
          .init("wide", .convolution(Convolution(outputChannels: 32, kernel: 1))),
          .init("relu", .relu),
          .init(
            "grouped",
            .convolution(Convolution(outputChannels: 64, kernel: 3, padding: 1, groups: 4, bias: false))),
          .init("pool", .maxPool(Pooling(kernel: 2, stride: 2))),
          .init("flatten", .flatten),
          .init("hidden", .linear(outputs: 19, bias: true)),
          .init("classifier", .linear(outputs: 5, bias: true)),
        ]))
    var generator = SeededGenerator(seed: 11)
    network = try Network(
      graph: graph,
      parameters: graph.parameters.map { parameter in
        let values = generator.normals(parameter.count)
        return Tensor(
          shape: parameter.shape, elements: parameter.role == .runningVariance ? values.map(abs) : values)
      })
    device = try Device()
    layouts = try Self.layouts(of: graph, on: device)
  }

  /// The layouts in which oneDNN forms the gradients of weights, as training has them.
  private static func layouts(of graph: Graph, on device: Device) throws -> [Int: MemoryDescription] {
    var layouts: [Int: MemoryDescription] = [:]
    for (position, node) in graph.nodes.enumerated() where !node.parameters.isEmpty {
      if case .batchNorm = node.layer { continue }
      layouts[node.parameters.lowerBound] = try WeightedOperation(
        graph, node: position, microBatch: 8, activation: nil, givesSourceGradient: true,
        givesWeightsGradient: true, on: device
      ).weightsGradient?.weightsGradient
    }
    return layouts
  }

  private func store(blocked: Bool = true) throws -> ParameterStore {
    try ParameterStore(of: network, layouts: blocked ? layouts : [:], on: device)
  }

  @Test("Tensors come back from every home layout as they were written")
  func roundTrip() throws {
    #expect(try store().tensors() == network.parameters)
    #expect(try store(blocked: false).tensors() == network.parameters)
    #if arch(x86_64)
      for name in ["conv.weight", "grouped.weight", "hidden.weight"] {
        let index = try #require(network.graph.parameters.firstIndex { $0.name == name })
        let extents = network.graph.storedExtents(ofParameter: index)
        #expect(try layouts[index] != .plain(extents), "\(name) is blocked, so the test above is one")
      }
    #endif
  }

  @Test("Beside the values the trained buffer holds zeros, so that the optimizer may run over all of it")
  func padding() throws {
    let trained = try store().trained
    let stored = (0..<trained.count).map { trained.floats[$0] }.filter { $0 != 0 }
    let values = zip(network.graph.parameters, network.parameters).filter(\.0.isTrained).flatMap(\.1.elements)
    #expect(stored.sorted() == values.sorted())
  }

  @Test("An array laid out like the parameters takes each tensor and gives it back")
  func gradients() throws {
    let store = try store()
    let buffer = try Buffer(count: store.trained.count, on: device)
    let positions = network.graph.trainedParameterPositions
    for position in positions {
      try store.write(
        network.parameters[position], to: store.gradient(of: position, in: buffer), parameter: position)
    }
    for position in positions {
      let back = try store.tensor(of: store.gradient(of: position, in: buffer), parameter: position)
      #expect(back == network.parameters[position], "\(network.graph.parameters[position].name)")
    }
    #expect((0..<buffer.count).allSatisfy { buffer.floats[$0] == store.trained.floats[$0] })
  }

  @Test("A copy in another layout is made once, and follows its home when its share is refreshed")
  func copies() throws {
    let store = try store()
    let stream = try Stream(on: device)
    let names = ["conv.weight", "conv.bias", "grouped.weight", "hidden.weight"]
    let positions = network.graph.parameters.indices.filter {
      names.contains(network.graph.parameters[$0].name)
    }
    for position in positions {
      #expect(
        try store.memory(of: position, as: store.home(of: position).description) === store.home(of: position))
    }
    #expect(!store.hasCopies)
    let copied = positions.filter { layouts[$0] != nil }
    let copies = try copied.map { position in
      try store.memory(of: position, as: .plain(network.graph.storedExtents(ofParameter: position)))
    }
    #if arch(x86_64)
      #expect(store.hasCopies)
      for (position, copy) in zip(copied, copies) {
        #expect(copy !== store.home(of: position))
        #expect(try store.memory(of: position, as: copy.description) === copy)
        #expect(copy.storage == network.parameters[position].elements)
      }
      for position in copied {
        let doubled = network.parameters[position].elements.map { $0 * 2 }
        try store.write(
          Tensor(shape: network.graph.parameters[position].shape, elements: doubled),
          to: store.home(of: position), parameter: position)
      }
      func isCurrent() -> [Bool] {
        zip(copied, copies).map { $1.storage == network.parameters[$0].elements.map { $0 * 2 } }
      }
      #expect(isCurrent() == [false, false, false])
      try store.refresh(share: 0, of: 2, on: stream)
      #expect(isCurrent() == [true, false, true])
      try store.refresh(share: 1, of: 2, on: stream)
      #expect(isCurrent() == [true, true, true])
    #endif
  }

  @Test(
    "The shares of any number of workers cover the trained buffer once, in order, cut at cache lines",
    arguments: [1, 2, 3, 7, 64, 5000])
  func shares(_ workerCount: Int) throws {
    let store = try store()
    var end = 0
    for worker in 0..<workerCount {
      let share = store.share(worker, of: workerCount)
      #expect(share.lowerBound == end)
      #expect(share.lowerBound % 16 == 0)
      end = share.upperBound
    }
    #expect(end == store.trained.count)
  }
}

extension Memory {
  /// Everything that is stored, padding of blocked layouts included.
  fileprivate var storage: [Float] {
    Array(UnsafeBufferPointer(start: floats, count: description.storageCount))
  }
}
