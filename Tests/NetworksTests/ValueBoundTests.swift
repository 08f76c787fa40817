import Datasets
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct ValueBoundTests {
  @Test(
    "No node's value is beyond its bound, for pixels of any size up to the one assumed",
    arguments: Architecture.Named.allCases)
  func holds(_ name: Architecture.Named) throws {
    let input = ImageShape(channels: 3, height: 12, width: 12)
    guard let graph = try? Graph(.named(name, input: input, classCount: 4)), graph.nodes.count < 60 else {
      return
    }
    let network = Network(initializing: graph, seed: 3)
    let bound = ValueBound(network)
    #expect(bound.isFar)
    let engine = try Engine(running: network, workerCount: 1)
    var generator = SeededGenerator(seed: 4)
    let pixels = (0..<6 * input.pixelCount).map { _ in
      Float((2 * generator.uniform() - 1) * ValueBound.largestInput)
    }
    let images = Tensor(shape: [6, 3, 12, 12], elements: pixels)
    for (position, limit) in bound.ofNodes.enumerated() {
      let values = try engine.features(of: images, layer: position)
      #expect(
        values.elements.allSatisfy { Double(abs($0)) <= limit * (1 + 1e-5) }, "\(graph.nodes[position].name)")
    }
  }

  /// A convolution that adds four pixels, batch normalization with γ = 0, and a ReLU: 0 · ∞ where the sum is infinite, of
  /// which the ReLU, which is fused, makes 0.
  private func network(weight: Float) throws -> Network {
    let graph = try Graph(
      Architecture(
        name: "loud", input: ImageShape(channels: 1, height: 2, width: 2),
        nodes: [
          .init("first", .convolution(Convolution(outputChannels: 4, kernel: 2, bias: false))),
          .init("second", .batchNorm(epsilon: 1e-5, momentum: 0.1)), .init("act", .relu),
          .init("flat", .flatten), .init("logits", .linear(outputs: 2, bias: false)),
        ]))
    return try Network(
      graph: graph,
      parameters: [
        Tensor(shape: [4, 1, 2, 2], elements: [Float](repeating: weight, count: 16)),
        Tensor(shape: [4], elements: [0, 0, 0, 0]), Tensor(shape: [4], elements: [0, 0, 0, 0]),
        Tensor(shape: [4], elements: [0, 0, 0, 0]), Tensor(shape: [4], elements: [1, 1, 1, 1]),
        Tensor(shape: [2, 4], elements: [1, 1, 1, 1, -1, -1, -1, -1]),
      ])
  }

  private func images(_ values: [Float]) -> Tensor {
    Tensor(shape: [values.count, 1, 2, 2], elements: values.flatMap { [$0, $0, $0, $0] })
  }

  private func images(_ count: Int, loud: Int? = nil, _ value: Float = 1) -> Tensor {
    images((0..<count).map { $0 == loud ? value : 0 })
  }

  @Test("A NaN that ReLU turns into 0 is told with its image and layer")
  func hidden() throws {
    #expect(ValueBound(try network(weight: 10)).isFar)
    let broken = try network(weight: 3e38)
    #expect(!ValueBound(broken).isFar)
    #expect { try Engine(running: broken, workerCount: 2).logits(of: images(5, loud: 3)) } throws: {
      $0 as? NetworkError == .notFiniteOutput(image: 3, layer: "first")
    }
    #expect {
      try Engine(running: broken, workerCount: 1).logitsAndImageGradients(of: images(5, loud: 1)) { _, _, _ in
      }
    } throws: {
      $0 as? NetworkError == .notFiniteOutput(image: 1, layer: "first")
    }
  }

  @Test(
    "After calm first images the rest is not looked at, after wild ones all is, and the switch looks at all")
  func firstImages() throws {
    let broken = try network(weight: 3e38)
    let late = images(200, loud: 150)
    // Black images are calm. Of the 151st the NaN is then hidden, as the first lines of ``hidden()`` would be without a look.
    let calm = try Engine(running: broken, workerCount: 1)
    #expect(throws: Never.self) { try calm.logits(of: late) }
    let watched = try Engine(running: broken, workerCount: 1, microBatch: 32, watchingEverything: true)
    #expect { try watched.logits(of: late) } throws: {
      $0 as? NetworkError == .notFiniteOutput(image: 150, layer: "first")
    }
    // 10³⁶ already at usual pixels.
    let wild = try Engine(running: network(weight: 1e36), workerCount: 1)
    #expect(throws: Never.self) { try wild.logits(of: images([1, 1, 1])) }
    #expect { try wild.logits(of: images(200, loud: 150, 1000)) } throws: {
      $0 as? NetworkError == .notFiniteOutput(image: 150, layer: "first")
    }
  }
}
