import Foundation
import OneDNN
import Synchronization
import Tensors
import Testing

@testable import Networks

/// An activation whose derivative needs what it read, in every place where one whose derivative does not is computed
/// on top of it.
@Suite struct ActivationTests {
  /// A kind of layer that no list holds: `log(1 + exp(x))`.
  private struct Softplus: Activation, SettingFreeLayer {
    static let word = "softplus"
    static let title = "softplus"
    var function: Elementwise { .softplus }
    func valueBound(_ inputs: [Double], _ parameters: [[Float]]) -> Double { inputs[0] + log(2) }
  }

  /// Networks with the activation wherever it may be computed as a result is stored, in its place, or next to others.
  ///
  /// - Parameter functions: The equation of the activation, by its word.
  static func places(
    _ activation: Layer, functions: [String: @Sendable (Double) -> Double]
  ) -> [GradientTests.Case] {
    typealias Node = Architecture.Node
    func conv(_ channels: Int, _ kernel: Int = 3) -> Layer {
      .convolution(
        Convolution(
          outputChannels: channels, kernel: Extent(height: kernel, width: kernel),
          padding: Extent(height: kernel / 2, width: kernel / 2)))
    }
    func network(_ name: String, _ nodes: [Node]) -> GradientTests.Case {
      GradientTests.Case(
        architecture: Architecture(
          name: "\(activation.kind), \(name)", input: ImageShape(channels: 3, height: 8, width: 8),
          nodes: nodes + [Node("toVector", .flatten), Node("logits", .linear(outputs: 3, bias: true))]),
        functions: functions)
    }
    let stem = Node("stem", conv(4))
    let act = Node("act", activation)
    let norm = Node("norm", .batchNorm(epsilon: 1e-3, momentum: 0.1))
    return [
      network("convolution", [stem, act]),
      network("Winograd's convolution", [Node("stem", conv(16, 1)), Node("conv", conv(32)), act]),
      network(
        "linear layer that reads a vector",
        [
          Node("flatten", .flatten), Node("fc", .linear(outputs: 9, bias: true)), act,
        ]),
      network(
        "linear layer that reads maps",
        [
          stem, Node("flatten", .flatten), Node("fc", .linear(outputs: 9, bias: false)), act,
        ]),
      network("batch normalization", [stem, norm, act]),
      network(
        "batch normalization and dropout of nothing",
        [
          stem, norm, Node("drop", .dropout(rate: 0)), act,
        ]),
      network(
        "pools",
        [
          stem, Node("max", .maxPool(Pooling(kernel: 2, stride: 2))), act,
          Node("mean", .averagePool(Pooling(kernel: 2, stride: 2))), Node("act2", activation),
        ]),
      network("global pool", [stem, Node("pool", .globalAveragePool), act]),
      network(
        "sum",
        [
          stem, act, Node("conv", conv(4)), Node("add", .add, inputs: ["conv", "act"]),
          Node("act2", activation),
        ]),
      network("the pixels", [act]),
      network("maxout", [stem, Node("maxout", .maxout(pieces: 2)), act]),
      network(
        "top k",
        [
          stem, Node("flatten", .flatten), Node("fc", .linear(outputs: 12, bias: true)),
          Node("top", .topK(count: 5)), act,
        ]),
      network(
        "distances",
        [
          stem, Node("pool", .globalAveragePool), Node("rbf", .rbf(outputs: 5)), act,
        ]),
      network("after tanh", [stem, Node("tanh", .tanh), act]),
      network("before tanh", [stem, act, Node("tanh", .tanh)]),
      network("twice", [stem, act, Node("act2", activation), norm]),
      network(
        "beside a ReLU",
        [
          stem, act, Node("relu", .relu, inputs: ["stem"]), Node("add", .add, inputs: ["act", "relu"]),
        ]),
      network("added to what it read", [stem, act, Node("add", .add, inputs: ["act", "stem"])]),
      network("of a flattened vector", [stem, Node("flatten", .flatten), act, Node("tanh", .tanh)]),
    ]
  }

  private static let softplus = places(Layer(Softplus()), functions: ["softplus": { log1p(exp($0)) }])

  @Test(
    "Where the derivative needs what was read, results and gradients are right in every place",
    arguments: softplus)
  func fromSource(_ item: GradientTests.Case) throws {
    let tests = GradientTests()
    try tests.forward(item)
    try tests.parameterGradients(item)
    try tests.imageGradients(item)
  }

  @Test("It is computed on top of what it reads where no gradient follows, and beside it where one does")
  func kept() throws {
    let item = Self.softplus[0]
    let images = try steps(item.architecture, .imageGradient)
    let output = try steps(item.architecture, .output(node: 2))
    #expect(images.forward.contains("activation") && images.backward.contains("activation, gradient"))
    #expect(!output.forward.contains("activation"), "\(output)")
    // Behind batch normalization it stands alone, and takes the place of what it read in one of the two.
    let norm = try #require(Self.softplus.first { $0.architecture.name.hasSuffix("batch normalization") })
    #expect(
      try memoryCount(norm.architecture, .imageGradient, .tanh) + 2
        == memoryCount(norm.architecture, .imageGradient, Layer(Softplus())))
    #expect(
      try memoryCount(norm.architecture, .output(node: 3), .tanh)
        == memoryCount(norm.architecture, .output(node: 3), Layer(Softplus())))
  }

  private func steps(_ architecture: Architecture, _ purpose: Purpose) throws -> (
    forward: [String], backward: [String]
  ) {
    try building(architecture, purpose) { try Plan($0).stepNames }
  }

  /// Number of buffers of a plan in which another activation stands in the place of `act`.
  private func memoryCount(_ architecture: Architecture, _ purpose: Purpose, _ activation: Layer) throws
    -> Int
  {
    var changed = architecture
    for index in changed.nodes.indices where changed.nodes[index].name == "act" {
      changed.nodes[index].layer = activation
    }
    return try building(changed, purpose) { $0.memories.count }
  }

  private func building<Result: Sendable>(
    _ architecture: Architecture, _ purpose: Purpose, _ body: @Sendable (PlanBuilder) throws -> Result
  ) throws -> Result {
    let network = Network(initializing: try Graph(architecture), seed: 1)
    let result = Mutex<Result?>(nil)
    try WorkerPool(workerCount: 1).run { _ in
      let store = try ParameterStore(of: network, on: Device())
      let found = try body(PlanBuilder(network.graph, purpose: purpose, microBatch: 4, store: store))
      result.withLock { $0 = found }
    }
    return result.withLock { $0! }
  }
}
