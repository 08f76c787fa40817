import Foundation
import Storage
import Tensors
import Testing

@testable import Networks

@Suite struct LayerTests {
  @Test("Every kind has a word of its own, and none of its keys twice")
  func words() {
    let words = Layer.kinds.map { $0.word }
    #expect(Set(words).count == words.count)
    for kind in Layer.kinds {
      let names = ["name", "layer", "inputs"] + kind.keys.flatMap { [$0.name, $0.alias].compactMap(\.self) }
      #expect(Set(names).count == names.count, "\(kind.word): \(names)")
    }
  }

  /// Every setting away from its default, with the JSON of its node: a public format.
  static let settings: [(layer: Layer, json: String)] = [
    (
      .normalise(mean: [0.5], standardDeviation: [0.25]),
      #"{"layer":"normalise","mean":[0.5],"name":"n","standardDeviation":[0.25]}"#
    ),
    (
      .convolution(
        Convolution(
          outputChannels: 4, kernel: Extent(height: 3, width: 2), stride: 2, padding: 1, dilation: 3,
          groups: 2, bias: false)),
      #"{"bias":false,"dilation":3,"groups":2,"kernel":[3,2],"layer":"conv2d","name":"n","outputChannels":4,"padding":1,"stride":2}"#
    ),
    (.linear(outputs: 3, bias: false), #"{"bias":false,"layer":"linear","name":"n","outputs":3}"#),
    (
      .maxPool(Pooling(kernel: 3, stride: 2, padding: 1)),
      #"{"kernel":3,"layer":"maxPool","name":"n","padding":1,"stride":2}"#
    ),
    (
      .averagePool(Pooling(kernel: 3, stride: Extent(height: 1, width: 2))),
      #"{"kernel":3,"layer":"averagePool","name":"n","padding":0,"stride":[1,2]}"#
    ),
    (.globalAveragePool, #"{"layer":"globalAveragePool","name":"n"}"#),
    (.relu, #"{"layer":"relu","name":"n"}"#), (.sigmoid, #"{"layer":"sigmoid","name":"n"}"#),
    (.tanh, #"{"layer":"tanh","name":"n"}"#),
    (
      .batchNorm(epsilon: 0.5, momentum: 0.25),
      #"{"epsilon":0.5,"layer":"batchNorm","momentum":0.25,"name":"n"}"#
    ),
    (.dropout(rate: 0.25), #"{"layer":"dropout","name":"n","rate":0.25}"#),
    (.add, #"{"layer":"add","name":"n"}"#), (.flatten, #"{"layer":"flatten","name":"n"}"#),
    (.topK(count: 4), #"{"count":4,"layer":"topK","name":"n"}"#),
    (.maxout(pieces: 3), #"{"layer":"maxout","name":"n","pieces":3}"#),
    (.rbf(outputs: 5), #"{"layer":"rbf","name":"n","outputs":5}"#),
  ]

  @Test("A layer's JSON has these bytes, and is read as the layer", arguments: settings.indices)
  func json(_ index: Int) throws {
    let (layer, json) = Self.settings[index]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let node = Architecture.Node("n", layer)
    #expect(String(decoding: try encoder.encode(node), as: UTF8.self) == json)
    let file = URL(filePath: "n.json")
    #expect(try JSONFile.decode(Architecture.Node.self, from: Data(json.utf8), file: file) == node)
  }

  @Test("A layer equals only those of its kind with its settings")
  func equality() {
    for (index, first) in Self.settings.enumerated() {
      for (other, second) in Self.settings.enumerated() {
        #expect(
          (first.layer == second.layer) == (index == other), "\(first.layer.kind), \(second.layer.kind)")
      }
    }
    #expect(Layer.dropout(rate: 0.5) != .dropout(rate: 0.25))
    #expect(Layer.maxPool(Pooling(kernel: 2, stride: 2)) != .averagePool(Pooling(kernel: 2, stride: 2)))
  }

  @Test("Captions say what values are, past layers that only pass them on")
  func stages() throws {
    let graph = try Graph(
      Architecture(
        name: "stages", input: ImageShape(channels: 1, height: 8, width: 8),
        nodes: [
          .init("x", .normalise(mean: [0.5], standardDeviation: [0.5])),
          .init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3))), .init("tanh", .tanh),
          .init("pool", .averagePool(Pooling(kernel: 2, stride: 2))), .init("drop", .dropout(rate: 0.5)),
          .init("flat", .flatten), .init("top", .topK(count: 5)), .init("max", .maxout(pieces: 2)),
          .init("fc", .linear(outputs: 2, bias: true)),
        ]))
    #expect(
      [nil, 0, 1, 2, 3, 4, 5, 6, 7, 8].map { graph.stage(of: $0) } == [
        "pixels", "normalised pixels", "before the activation", "after tanh", "average pool, after tanh",
        "average pool, after tanh", "average pool, after tanh", "largest 5, average pool, after tanh",
        "largest of 2 pieces", "logits",
      ])
  }
}
