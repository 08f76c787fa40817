import Tensors
import Testing

@testable import Networks

@Suite struct ReadableLayerTests {
  private func graph(_ name: Architecture.Named, channels: Int = 1) throws -> Graph {
    try Graph(
      .named(name, input: ImageShape(channels: channels, height: 28, width: 28), classCount: 10))
  }

  @Test("The layers of a convolutional network, with units a channel, and where the activations stand")
  func lenet() throws {
    let layers = try graph(.lenet).readableLayers
    #expect(
      layers.map(\.name) == [
        "input", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "fc1", "relu3", "classifier",
      ])
    #expect(layers.map(\.unitCount) == [784, 32, 32, 32, 64, 64, 64, 128, 128, 10])
    #expect(
      layers.map(\.activation) == [nil, .pre, .post, nil, .pre, .post, nil, .pre, .post, nil])
    #expect(layers[0].position == nil && layers[0].shape == [1, 28, 28])
    #expect(layers[6].shape == [64, 7, 7])
  }

  @Test(
    "In a residual network the activation of a sum is that of its block; a branch that is only added has none"
  )
  func residual() throws {
    let graph = try graph(.resnet8, channels: 3)
    for side in ActivationReading.allCases {
      let listed = graph.readableLayers.filter { $0.activation == side }.compactMap(\.position)
      // Each activation has both sides, once.
      #expect(
        listed
          == graph.nodes.indices.filter { graph.nodes[$0].layer == .relu }.map {
            side == .post ? $0 : graph.nodes[$0].inputs[0]!
          })
    }
    for (position, node) in graph.nodes.enumerated() {
      guard let post = graph.position(.post, of: position) else { continue }
      #expect(graph.nodes[post].layer == .relu)
      // Both sides are the same for the two of them.
      let pre = try #require(graph.position(.pre, of: position))
      #expect(graph.nodes[post].inputs == [pre])
      #expect(graph.position(.pre, of: post) == pre && graph.position(.post, of: pre) == post)
      if case .globalAveragePool = node.layer { Issue.record("a pool has no activation of its own") }
    }
    #expect(graph.featureLayer.map { graph.position(.pre, of: $0) } == .some(nil))
  }

  @Test("Normalization and dropout between a layer and its activation belong to the layer")
  func betweenLayerAndActivation() throws {
    let graph = try Graph(
      Architecture(
        name: "between", input: ImageShape(channels: 1, height: 6, width: 6),
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3))),
          .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)), .init("drop1", .dropout(rate: 0.1)),
          .init("tanh", .tanh), .init("drop2", .dropout(rate: 0.1)), .init("flatten", .flatten),
          .init("logits", .linear(outputs: 2, bias: true)),
        ]))
    func name(_ side: ActivationReading, _ node: String) -> String? {
      graph.position(of: node).flatMap { graph.position(side, of: $0) }.map { graph.nodes[$0].name }
    }
    for node in ["conv", "norm", "drop1", "tanh", "drop2", "flatten"] {
      #expect(name(.pre, node) == "norm" && name(.post, node) == "tanh", "\(node)")
    }
    #expect(name(.post, "logits") == nil)
    #expect(graph.readableLayers.map(\.name) == ["input", "conv", "norm", "tanh", "logits"])
  }

  @Test("A value read twice has no activation of its own")
  func readTwice() throws {
    let graph = try Graph(
      Architecture(
        name: "twice", input: ImageShape(channels: 1, height: 6, width: 6),
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 1, kernel: 3, padding: 1))),
          .init("relu", .relu), .init("add", .add, inputs: ["conv", "relu"]), .init("flatten", .flatten),
          .init("logits", .linear(outputs: 2, bias: true)),
        ]))
    #expect(graph.position(.post, of: 0) == nil)
    #expect(graph.position(.pre, of: 1) == 0)
  }
}
