import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

/// Maxout and rbf against what PyTorch computed: Tests/Reference/Training.
@Suite struct PapersLayersTests {
  private struct Reference: Decodable {
    struct Result: Decodable {
      let parameters: [String: [Double]]
      let logits: [Double]
      let loss: Double
      let gradients: [String: [Double]]
    }
    let images: [Float]
    let labels: [Int]
    let networks: [String: Result]
  }

  private static let nodes: [String: [Architecture.Node]] = [
    "maps": [
      .init("conv", .convolution(Convolution(outputChannels: 6, kernel: 3, padding: 1))),
      .init("maxout", .maxout(pieces: 2)), .init("flatten", .flatten),
      .init("fc", .linear(outputs: 12, bias: true)), .init("maxout2", .maxout(pieces: 3)),
      .init("classifier", .linear(outputs: 3, bias: true)),
    ],
    "rbf": [.init("flatten", .flatten), .init("classifier", .rbf(outputs: 3))],
  ]

  @Test("Logits, loss and gradients of maxout and rbf are PyTorch's", arguments: ["maps", "rbf"])
  func reference(_ name: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/Training/layers.json")
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    let expected = try #require(reference.networks[name])
    let graph = try Graph(
      Architecture(
        name: name, input: ImageShape(channels: 2, height: 4, width: 4), nodes: #require(Self.nodes[name])))
    let network = try Network(
      graph: graph,
      parameters: graph.parameters.map {
        Tensor(shape: $0.shape, elements: try #require(expected.parameters[$0.name]).map(Float.init))
      })
    let images = Tensor(shape: [5, 2, 4, 4], elements: reference.images)
    func agree(_ found: Tensor, _ expected: [Double]) {
      // Float against Double: sums of some fifty terms of order one.
      expectClose(
        found, Tensor(shape: found.shape, elements: expected.map(Float.init)), absolute: 2e-6, relative: 1e-5)
    }
    let pass = try TrainingPass.run(network, images: images, labels: reference.labels)
    agree(pass.logits, expected.logits)
    expectClose(pass.loss, expected.loss, relative: 1e-5)
    for (name, gradient) in pass.gradients { agree(gradient, try #require(expected.gradients[name])) }
    let labels = reference.labels
    let (logits, gradients) = try Engine(running: network, workerCount: 2, microBatch: 2)
      .logitsAndImageGradients(of: images) { row, logits, gradient in
        CrossEntropy.writeGradient(logits: logits, label: labels[row], to: &gradient)
      }
    agree(logits, expected.logits)
    agree(gradients, try #require(expected.gradients["images"]))
  }
}
