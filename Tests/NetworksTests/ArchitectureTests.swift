import Foundation
import Storage
import Tensors
import Testing

@testable import Networks

@Suite struct ArchitectureTests {
  static let grey = ImageShape(channels: 1, height: 8, width: 8)

  private func decode(_ json: String) throws -> Architecture {
    try JSONFile.decode(Architecture.self, from: Data(json.utf8), file: URL(filePath: "a.json"))
  }

  @Test("Every architecture known by name survives JSON", arguments: Architecture.Named.allCases)
  func roundTrip(_ name: Architecture.Named) throws {
    let architecture = Architecture.named(
      name, input: ImageShape(channels: 3, height: 32, width: 32), classCount: 10)
    #expect(try decode(architecture.json) == architecture)
    #expect(try Graph(architecture).classCount == 10)
  }

  @Test("A layer of the largest values survives JSON")
  func topK() throws {
    let architecture = try decode(
      """
      {"name": "k", "input": {"channels": 1, "height": 3, "width": 3}, "nodes": [
        {"name": "f", "layer": "flatten"}, {"name": "k", "layer": "topK", "count": 4},
        {"name": "l", "layer": "linear", "outputs": 3}]}
      """)
    #expect(architecture.nodes[1].layer == .topK(count: 4))
    #expect(try decode(architecture.json) == architecture)
    #expect(try Graph(architecture).nodes[1].shape == [9])
  }

  @Test("Maxout and radial basis functions survive JSON")
  func maxoutAndRBF() throws {
    let architecture = try decode(
      """
      {"name": "m", "input": {"channels": 6, "height": 2, "width": 2}, "nodes": [
        {"name": "m", "layer": "maxout", "pieces": 3}, {"name": "f", "layer": "flatten"},
        {"name": "r", "layer": "rbf", "outputs": 4}]}
      """)
    #expect(architecture.nodes.map(\.layer) == [.maxout(pieces: 3), .flatten, .rbf(outputs: 4)])
    #expect(try decode(architecture.json) == architecture)
    let graph = try Graph(architecture)
    #expect(graph.nodes.map(\.shape) == [[2, 2, 2], [8], [4]])
    #expect(graph.parameters.map(\.name) == ["r.centre", "r.log_precision"])
    #expect(graph.parameters.map(\.shape) == [[4, 8], [4, 8]])
  }

  @Test("PyTorch's spellings of settings are understood")
  func spellings() throws {
    let architecture = try decode(
      """
      {"name": "t", "input": {"channels": 1, "height": 9, "width": 8}, "nodes": [
        {"name": "n", "layer": "normalise", "mean": [0.5], "std": [0.25]},
        {"name": "c", "layer": "conv2d", "out_channels": 2, "kernel_size": [3, 2]},
        {"name": "b", "layer": "batchNorm", "eps": 0.5},
        {"name": "p", "layer": "maxPool", "kernel_size": 2}, {"name": "d", "layer": "dropout", "p": 0.25},
        {"name": "f", "layer": "flatten"}, {"name": "l", "layer": "linear", "out_features": 3}]}
      """)
    #expect(
      architecture.nodes.map(\.layer) == [
        .normalise(mean: [0.5], standardDeviation: [0.25]),
        .convolution(Convolution(outputChannels: 2, kernel: Extent(height: 3, width: 2))),
        .batchNorm(epsilon: 0.5, momentum: 0.1), .maxPool(Pooling(kernel: 2, stride: 2)),
        .dropout(rate: 0.25),
        .flatten, .linear(outputs: 3, bias: true),
      ])
  }

  @Test(
    "A key that is not known is an error, with the node and what was meant",
    arguments: [
      (
        #"{"name": "c", "layer": "conv2d", "outputChannels": 2, "kernel": 3, "pading": 1}"#,
        #"nodes[0].pading: node "c": unknown key "pading": did you mean "padding"? (line 1, column 153)"#
      ),
      (
        #"{"name": "c", "layer": "conv2d", "outputChannels": 2, "kernel": 3, "padding_mode": "zeros"}"#,
        #"nodes[0].padding_mode: node "c": unknown key "padding_mode"; there are name, layer, inputs, outputChannels, kernel"#
      ),
      (
        #"{"name": "c", "layer": "linear", "outputs": 3, "stride": 2}"#,
        #"nodes[0].stride: node "c": unknown key "stride"; there are name, layer, inputs, outputs, bias"#
      ),
      (
        #"{"name": "c", "layer": "batchNorm", "eps": 0.1, "epsilon": 0.2}"#,
        #"nodes[0].epsilon: node "c": "epsilon" and "eps" are the same"#
      ),
      (
        #"{"name": "c", "layer": "Linear"}"#,
        #"nodes[0].layer: node "c": no layer is called "Linear": did you mean "linear"?"#
      ),
      (
        #"{"name": "c", "layer": "x"}"#,
        #"nodes[0].layer: node "c": no layer is called "x"; there are normalise, conv2d,"#
      ),
      // No question after another function whose name is near.
      (
        #"{"name": "c", "layer": "gelu"}"#,
        #"nodes[0].layer: node "c": no layer is called "gelu"; there are normalise, conv2d,"#
      ),
    ])
  func unknownKeys(node: String, problem: String) {
    let error = #expect(throws: FileError.self) {
      try decode(#"{"name": "s", "input": {"channels": 1, "height": 9, "width": 8}, "nodes": [\#(node)]}"#)
    }
    #expect(error?.problem.hasPrefix("is wrong at " + problem) == true, "\(String(describing: error))")
  }

  @Test("Unknown keys of the architecture and of its input are errors too")
  func unknownOuterKeys() {
    for (text, word) in [
      (
        #"{"name": "s", "input": {"channels": 1, "height": 9, "width": 8, "depth": 1}, "nodes": []}"#, "depth"
      ),
      (#"{"name": "s", "input": {"channels": 1, "height": 9, "width": 8}, "nodes": [], "node": []}"#, "node"),
    ] {
      let error = #expect(throws: FileError.self) { try decode(text) }
      #expect(error?.problem.contains("unknown key \"\(word)\"") == true, "\(String(describing: error))")
    }
  }

  @Test("Strides, paddings and biases have PyTorch's defaults")
  func defaults() throws {
    let architecture = try decode(
      """
      {"name": "d", "input": {"channels": 1, "height": 9, "width": 8}, "nodes": [
        {"name": "c", "layer": "conv2d", "outputChannels": 2, "kernel": [3, 2]},
        {"name": "p", "layer": "maxPool", "kernel": 2},
        {"name": "f", "layer": "flatten"}, {"name": "l", "layer": "linear", "outputs": 3}]}
      """)
    let graph = try Graph(architecture)
    #expect(graph.nodes.map(\.shape) == [[2, 7, 7], [2, 3, 3], [18], [3]])
    #expect(graph.parameters.map(\.name) == ["c.weight", "c.bias", "l.weight", "l.bias"])
    #expect(graph.parameters.map(\.shape) == [[2, 1, 3, 2], [2], [3, 18], [3]])
  }

  @Test("The feature layer is what the last linear layer reads, past dropout and flatten")
  func featureLayer() throws {
    func layer(_ name: Architecture.Named) throws -> String? {
      let graph = try Graph(.named(name, input: Self.grey, classCount: 3))
      return graph.featureLayer.map { graph.nodes[$0].name }
    }
    #expect(try layer(.lenet) == "relu3")
    #expect(try layer(.mlp) == "relu2")
    #expect(try layer(.fc100) == "sigmoid2")
    #expect(try layer(.resnet8) == "pool")
    #expect(try layer(.softmax) == nil)
    #expect(try layer(.maxout) == "maxout2")
    #expect(try layer(.ae400) == "sigmoid")
    #expect(try layer(.rbf) == nil)
    let dropout = Architecture(
      name: "d", input: Self.grey,
      nodes: [
        .init("pool", .averagePool(Pooling(kernel: 2, stride: 2))), .init("flatten", .flatten),
        .init("drop", .dropout(rate: 0.5)), .init("logits", .linear(outputs: 2, bias: true)),
      ])
    let graph = try Graph(dropout)
    #expect(graph.featureLayer.map { graph.nodes[$0].name } == "pool")
  }

  struct Broken: CustomTestStringConvertible, Sendable {
    let nodes: [Architecture.Node]
    let complaint: String
    var testDescription: String { complaint }
  }

  static let broken: [Broken] = {
    let end = Architecture.Node("logits", .linear(outputs: 2, bias: true))
    func conv(_ convolution: Convolution) -> Architecture.Node { .init("conv", .convolution(convolution)) }
    return [
      Broken(nodes: [], complaint: "no nodes"),
      Broken(nodes: [end, end], complaint: "unique"),
      Broken(nodes: [.init("input", .relu), end], complaint: "unique"),
      Broken(
        nodes: [.init("a", .relu, inputs: ["b"]), .init("b", .relu), end], complaint: "no earlier node"),
      Broken(nodes: [.init("a", .relu, inputs: ["a"]), end], complaint: "no earlier node"),
      Broken(nodes: [.init("a", .add), end], complaint: "reads 2 nodes"),
      Broken(nodes: [.init("a", .relu, inputs: ["input", "input"]), end], complaint: "reads 1 nodes"),
      Broken(nodes: [conv(Convolution(outputChannels: 4, kernel: 9)), end], complaint: "does not fit"),
      Broken(nodes: [conv(Convolution(outputChannels: 4, kernel: 3, groups: 2)), end], complaint: "divide"),
      Broken(nodes: [conv(Convolution(outputChannels: 0, kernel: 3)), end], complaint: "divide"),
      Broken(nodes: [conv(Convolution(outputChannels: 4, kernel: 0)), end], complaint: "positive"),
      Broken(
        nodes: [conv(Convolution(outputChannels: 4, kernel: 3, stride: 0)), end], complaint: "positive"),
      Broken(
        nodes: [.init("p", .maxPool(Pooling(kernel: 2, stride: 2, padding: 2))), end], complaint: "half"),
      Broken(nodes: [.init("f", .flatten), .init("g", .globalAveragePool), end], complaint: "needs maps"),
      Broken(
        nodes: [.init("n", .normalise(mean: [0, 0], standardDeviation: [1, 1])), end], complaint: "1 means"),
      Broken(nodes: [.init("n", .normalise(mean: [0], standardDeviation: [0])), end], complaint: "positive"),
      Broken(
        nodes: [.init("r", .relu), .init("n", .normalise(mean: [0], standardDeviation: [1])), end],
        complaint: "first node"),
      Broken(nodes: [.init("d", .dropout(rate: 1)), end], complaint: "0..<1"),
      Broken(nodes: [.init("k", .topK(count: 3)), end], complaint: "needs a vector"),
      Broken(nodes: [.init("f", .flatten), .init("k", .topK(count: 65)), end], complaint: "1...64"),
      Broken(nodes: [.init("f", .flatten), .init("k", .topK(count: 0)), end], complaint: "1...64"),
      Broken(nodes: [.init("f", .flatten), .init("m", .maxout(pieces: 3)), end], complaint: "groups of 3"),
      Broken(nodes: [.init("f", .flatten), .init("m", .maxout(pieces: 0)), end], complaint: "groups of 0"),
      Broken(nodes: [.init("r", .rbf(outputs: 2))], complaint: "needs a vector"),
      Broken(nodes: [.init("l", .linear(outputs: 0, bias: true)), end], complaint: "positive"),
      Broken(nodes: [.init("l", .linear(outputs: 1, bias: true))], complaint: "at least two"),
      Broken(nodes: [.init("r", .relu)], complaint: "vector"),
      Broken(
        nodes: [.init("a", .relu), .init("b", .relu, inputs: ["input"]), end], complaint: "read by none"),
      Broken(nodes: [.init("f", .flatten)], complaint: "no linear layer"),
    ]
  }()

  @Test("What cannot be a network is refused in words", arguments: broken)
  func refused(_ item: Broken) {
    #expect {
      try Graph(Architecture(name: "x", input: Self.grey, nodes: item.nodes))
    } throws: { error in
      "\(error)".contains(item.complaint)
    }
  }
}
