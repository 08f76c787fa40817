import Datasets
import Networks
import TestSupport
import Tensors
import Testing

@testable import Poisoning

@Suite struct FeatureNetworkTests {
  private static func network(_ name: Architecture.Named) throws -> Network {
    let shape = ImageShape(channels: 3, height: 16, width: 16)
    return Network(initializing: try Graph(.named(name, input: shape, classCount: 5)), seed: 3)
  }

  @Test(
    "Its logits are the features of the whole network to the last bit",
    arguments: [Architecture.Named.mlp, .lenet, .resnet8, .maxout])
  func features(name: Architecture.Named) throws {
    let network = try Self.network(name)
    let layer = try #require(network.graph.featureLayer)
    let cut = try #require(network.features)
    var generator = SeededGenerator(seed: 1, purpose: "test")
    let images = Tensor(
      shape: [7, 3, 16, 16], elements: (0..<7 * 768).map { _ in Float(generator.uniform()) })
    let whole = try Engine(running: network, workerCount: 1).features(of: images, layer: layer)
    #expect(try Engine(running: cut, workerCount: 1).logits(of: images) == whole)
    #expect(Set(whole.elements).count > 10)
  }

  @Test("Its gradient is that of the features, by finite differences in Double")
  func gradient() throws {
    let cut = try #require(try Self.network(.fc100).features)
    var generator = SeededGenerator(seed: 2, purpose: "test")
    let image = (0..<768).map { _ in generator.uniform() }
    let (_, gradients) = try Engine(running: cut, workerCount: 1).logitsAndImageGradients(
      of: Tensor(shape: [1, 3, 16, 16], elements: image.map(Float.init))
    ) { _, features, gradient in
      for index in features.indices { gradient[index] = 2 * (features[index] - 0.5) }
    }
    let reference = DoubleReference(cut)
    let expected = centralDifferences(
      of: { image in
        reference.logits([image], .inference)[0].reduce(0) { $0 + ($1 - 0.5) * ($1 - 0.5) }
      }, at: image)
    let largest = expected.map(abs).max() ?? 0
    #expect(largest > 0)
    for index in 0..<768 {
      #expect(abs(Double(gradients.elements[index]) - expected[index]) < 1e-4 * largest)
    }
  }

  @Test("A linear classifier on pixels has no part that gives features")
  func pixels() throws {
    #expect(try Self.network(.softmax).features == nil)
  }
}
