import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct LipschitzBoundTests {
  private func network(
    _ nodes: [Architecture.Node], input: ImageShape = ImageShape(channels: 2, height: 6, width: 6)
  ) throws -> Network {
    Network(initializing: try Graph(Architecture(name: "test", input: input, nodes: nodes)), seed: 5)
  }

  @Test("Layers without weights have the bounds worked out by hand")
  func byHand() throws {
    let network = try network([
      .init("normalise", .normalise(mean: [0.1, 0.2], standardDeviation: [0.5, 0.25])),
      .init("overlapping", .maxPool(Pooling(kernel: 3, stride: 2, padding: 1))),
      .init("apart", .maxPool(Pooling(kernel: 1, stride: 1))), .init("sigmoid", .sigmoid),
      .init("norm", .batchNorm(epsilon: 0.25, momentum: 0.1)), .init("tanh", .tanh),
      .init("mean", .averagePool(Pooling(kernel: 3, stride: 1, padding: 1))),
      .init("both", .add, inputs: ["mean", "tanh"]), .init("global", .globalAveragePool),
      .init("relu", .relu), .init("drop", .dropout(rate: 0.5)), .init("fc", .linear(outputs: 2, bias: true)),
    ])
    let bound = try LipschitzBound(of: network)
    let found = Dictionary(uniqueKeysWithValues: bound.layers.map { ($0.name, $0.bound) })
    #expect(found["normalise"] == 4 && found["overlapping"] == 2 && found["apart"] == 1)
    #expect(found["sigmoid"] == 0.25 && found["tanh"] == 1 && found["relu"] == 1 && found["drop"] == 1)
    // Fresh batch normalization: γ = 1, running variance 1.
    expectClose(try #require(found["norm"]), 1 / 1.25.squareRoot(), relative: 1e-6)
    #expect(found["mean"] == 1)  // nine windows of nine pixels
    expectClose(try #require(found["global"]), 1.0 / 3, relative: 1e-12)
    // 4 · 2 · 1/4 · 0.894 before the branches, whose bounds 1 and 1 add up.
    let beforeLast = 2 / 1.25.squareRoot() * 2 / 3
    expectClose(try #require(bound.lastInput), beforeLast, relative: 1e-6)
    expectClose(bound.logits, beforeLast * (try #require(found["fc"])), relative: 1e-12)
  }

  @Test("Overlapping maximum pooling is not contractive: one pixel can be the maximum of four windows")
  func overlap() throws {
    let pool = try network(
      [
        .init("pool", .maxPool(Pooling(kernel: 3, stride: 2))), .init("flatten", .flatten),
        .init("fc", .linear(outputs: 4, bias: false)),
      ], input: ImageShape(channels: 1, height: 5, width: 5))
    var image = [Double](repeating: 0, count: 25)
    image[12] = 1
    let results = DoubleReference(pool).results([[Double](repeating: 0, count: 25), image], .inference)[0]
    let moved = zip(results[0], results[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    #expect(moved == 2)
    #expect(try LipschitzBound(of: pool).layers[0].bound == 2)
  }

  @Test("No change of an image changes the logits by more than the bound allows")
  func holds() throws {
    let network = try network([
      .init("normalise", .normalise(mean: [0.5, 0.5], standardDeviation: [0.3, 0.2])),
      .init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3, padding: 1))),
      .init("relu", .relu),
      .init("conv2", .convolution(Convolution(outputChannels: 4, kernel: 3, padding: 1)), inputs: ["relu"]),
      .init("sum", .add, inputs: ["conv2", "relu"]), .init("pool", .maxPool(Pooling(kernel: 3, stride: 2))),
      .init("flatten", .flatten), .init("fc", .linear(outputs: 3, bias: true)),
    ])
    let bound = try LipschitzBound(of: network)
    let reference = DoubleReference(network)
    var generator = SeededGenerator(seed: 6)
    var largest = 0.0
    for _ in 0..<200 {
      let image = (0..<72).map { _ in generator.uniform() }
      let scale = 0.01 + generator.uniform()
      let step = generator.normals(72).map { scale * Double($0) }
      let logits = reference.logits([image, zip(image, step).map(+)], .inference)
      let change = zip(logits[0], logits[1]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      largest = max(largest, change / step.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }
    #expect(largest <= bound.logits && largest > 0.001 * bound.logits)
    for layer in bound.layers {
      if let estimate = layer.estimate { #expect(estimate <= layer.bound && layer.bound < 1.06 * estimate) }
    }
  }

  @Test("A layer that keeps the largest values only has no bound, and is named")
  func topK() throws {
    let network = try network([
      .init("flatten", .flatten), .init("fc1", .linear(outputs: 8, bias: true)),
      .init("sparse", .topK(count: 2)), .init("fc2", .linear(outputs: 2, bias: true)),
    ])
    #expect(throws: LipschitzError.noBound(layer: "sparse", kind: "topK")) { try LipschitzBound(of: network) }
  }
}
